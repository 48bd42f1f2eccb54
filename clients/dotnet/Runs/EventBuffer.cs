using System.Text.Json;

namespace StreamChat.Client.Runs;

/// <summary>
/// Events between the connection and a reader who may be slow or never come. Beyond its limit of bytes neighbouring pieces of one text
/// become one, which is kept as a place in the answer instead of as text, so that what waits costs next to nothing and none of it is lost.
/// Whoever uses it holds the lock of its run, except in <see cref="ReadAsync"/>.
/// </summary>
/// <param name="mostBytes">The limit.</param>
/// <param name="gate">The lock of its run.</param>
internal sealed class EventBuffer(int mostBytes, Lock gate)
{
    private const int EntryCost = 100;

    private Queue<Entry> _entries = new();
    private Entry? _last;
    private bool _isBehind;
    private bool _isOver;
    private Exception? _error;
    private TaskCompletionSource? _reader;

    /// <summary>About how many bytes wait, beside the text of the answer itself.</summary>
    public int Bytes { get; private set; }

    /// <summary>How many events wait.</summary>
    public int Count => _entries.Count;

    public void Push(RunEvent e, TextPlace? place)
    {
        if (_isOver)
        {
            return;
        }

        Add(new(e, place) { Cost = CostOf(e) });
        if (Bytes > mostBytes)
        {
            _isBehind = true;
            Compact();
        }

        Wake();
    }

    /// <summary>No more comes. With an error, the reader gets it after the last event.</summary>
    public void End(Exception? error)
    {
        _isOver = true;
        _error = error;
        Wake();
    }

    /// <summary>The next event.</summary>
    /// <returns>Null at the end.</returns>
    public async ValueTask<RunEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task waiting;
            lock (gate)
            {
                if (_entries.TryDequeue(out var entry))
                {
                    Bytes -= entry.Cost;
                    if (_entries.Count == 0)
                    {
                        _isBehind = false;
                        _last = null;
                    }

                    return entry.Whole();
                }

                if (_isOver)
                {
                    var error = _error;
                    _error = null;
                    return error is null ? null : throw error;
                }

                _reader ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting = _reader.Task;
            }

            await waiting.WaitAsync(cancellationToken);
        }
    }

    private static int CostOf(RunEvent e) => EntryCost + (e switch
    {
        TextMessageContent content => 2 * content.Delta.Length,
        ReasoningMessageContent thought => 2 * thought.Delta.Length,
        ToolCallArgs args => 2 * args.Delta.Length,
        ToolCallResult result => 2 * result.Content.Length,
        StateSnapshot state => SizeOf(state.Snapshot),
        StateDelta state => SizeOf(state.Delta),
        CustomEvent custom => SizeOf(custom.Value),
        UnknownRunEvent unknown => SizeOf(unknown.Frame),
        _ => 0,
    });

    private static int SizeOf(JsonElement json) => json.ValueKind == JsonValueKind.Undefined ? 0 : 2 * json.GetRawText().Length;

    private static string? ProgressOf(RunEvent e) =>
        e is CustomEvent { Name: "tool_progress", Value: { ValueKind: JsonValueKind.Object } value } && value.TryGetProperty("toolCallId", out var id)
            ? id.ToString()
            : null;

    private void Wake()
    {
        _reader?.TrySetResult();
        _reader = null;
    }

    private void Add(Entry entry)
    {
        if (_isBehind && entry.Place is { } place)
        {
            if (_last is { Place: { } before } last && ReferenceEquals(before.Owner, place.Owner) && before.To == place.From)
            {
                last.Extend(entry.Event.Seq, place.To);
                return;
            }

            entry.LeaveText();
            entry.Cost = EntryCost;
        }

        _entries.Enqueue(entry);
        _last = entry;
        Bytes += entry.Cost;
    }

    private void Compact()
    {
        var entries = _entries;
        Dictionary<string, Entry> newest = [];
        foreach (var entry in entries)
        {
            if (ProgressOf(entry.Event) is { } call)
            {
                newest[call] = entry;
            }
        }

        (_entries, _last, Bytes) = (new(), null, 0);
        foreach (var entry in entries)
        {
            // of the progress of a call only the newest counts
            if (ProgressOf(entry.Event) is not { } call || newest[call] == entry)
            {
                Add(entry);
            }
        }
    }

    private sealed class Entry(RunEvent e, TextPlace? place)
    {
        private bool _isText = true;

        public RunEvent Event { get; private set; } = e;

        public TextPlace? Place { get; private set; } = place;

        public int Cost { get; set; }

        /// <summary>Its text is in the answer: no need to hold it twice.</summary>
        public void LeaveText()
        {
            _isText = false;
            Event = WithText(Event, "");
        }

        public void Extend(long seq, int to)
        {
            if (_isText)
            {
                LeaveText();
            }

            Event = Event with { FromSeq = Event.FromSeq ?? Event.Seq, Seq = seq };
            Place = Place!.Value with { To = to };
        }

        public RunEvent Whole() => _isText ? Event : WithText(Event, Place!.Value.ToString());

        private static RunEvent WithText(RunEvent e, string text) => e switch
        {
            TextMessageContent content => content with { Delta = text },
            ReasoningMessageContent thought => thought with { Delta = text },
            ToolCallArgs args => args with { Delta = text },
            _ => e,
        };
    }
}
