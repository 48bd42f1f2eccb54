using System.Text;
using System.Text.Json;
using StreamChat.FaultEngine.Checks;
using StreamChat.FaultEngine.Schedules;

namespace StreamChat.FaultEngine.Clients;

/// <summary>
/// What one client sees of one run, kept as a client is to keep it: <c>seq</c> rises by one within an attempt, a new attempt says how
/// much of what was shown still stands, a snapshot stands for all. Whatever breaks a rule is noted, and the view goes on.
/// </summary>
public sealed class RunView(PlannedClient client, PlannedRun run)
{
    private readonly List<Item> _items = [];
    private readonly List<Violation> _violations = [];
    private bool _speaks;

    /// <summary>Who sees.</summary>
    public PlannedClient Client => client;

    /// <summary>What is seen.</summary>
    public PlannedRun Run => run;

    /// <summary>Whether this client asks for it, itself.</summary>
    public bool Asks { get; set; }

    /// <summary>
    /// Whether it asked more than once on one connection, or for one run of a thread that it has joined as well, and so may be shown all of it again
    /// after the end.
    /// </summary>
    public bool AsksTwice { get; set; }

    /// <summary>Whether it is told of the run by having joined its thread.</summary>
    public bool Joins { get; set; }

    /// <summary>Whether the server has said that the request is durable.</summary>
    public bool Accepted { get; private set; }

    /// <summary>The newest attempt seen; 0 for none.</summary>
    public int Attempt { get; private set; }

    /// <summary>The newest event seen of it.</summary>
    public long LastSeq { get; private set; }

    /// <summary><c>RUN_FINISHED</c>, or the code of <c>RUN_ERROR</c>; null before the end.</summary>
    public string? End { get; private set; }

    /// <summary>When the first event came.</summary>
    public TimeSpan? FirstAt { get; private set; }

    /// <summary>The longest time between two events, from the first word on.</summary>
    public TimeSpan Silence { get; private set; }

    /// <summary>Whether it began to see the run before its end.</summary>
    public bool IsLive { get; set; }

    /// <summary>When the last event came.</summary>
    public TimeSpan LastAt { get; private set; }

    /// <summary>How often the request was refused as retryable.</summary>
    public int Refusals { get; set; }

    /// <summary>When the request for it was sent on the connection that is in use, while it is not answered.</summary>
    public TimeSpan? AskedAt { get; set; }

    /// <summary>The text of all assistant messages.</summary>
    public string Text => string.Concat(_items.Where(i => i.IsMessage).Select(i => i.Text.ToString()));

    /// <summary>What must not be.</summary>
    public IReadOnlyList<Violation> Violations => _violations;

    /// <summary>The request is durable.</summary>
    public void Accept() => Accepted = true;

    /// <summary>Notes that a rule was broken.</summary>
    public void Violate(ViolationKind kind, string text, int count = 1) => _violations.Add(new Violation(kind, text, client.Index, run.Index, count));

    /// <summary>Takes an event of the run.</summary>
    public void Add(string type, JsonElement frame, TimeSpan now)
    {
        if (End is not null)
        {
            if (AsksTwice && IsSeen(frame))
            {
                return;
            }

            Violate(ViolationKind.WrongEnd, $"{type} after the end {End}");
            return;
        }

        // a run may wait for its turn: it streams from its first word on
        FirstAt ??= now;
        if (_speaks && now - LastAt > Silence)
        {
            Silence = now - LastAt;
        }

        _speaks |= type == "TEXT_MESSAGE_CONTENT";
        LastAt = now;
        if (IsNext(type, frame))
        {
            Apply(type, frame);
        }
    }

    private bool IsSeen(JsonElement frame) => AttemptOf(frame) <= Attempt && frame.GetProperty("seq").GetInt64() <= LastSeq;

    private static int AttemptOf(JsonElement frame) => frame.TryGetProperty("attempt", out var attempt) ? attempt.GetInt32() : 1;

    private bool IsNext(string type, JsonElement frame)
    {
        var attempt = AttemptOf(frame);
        var seq = frame.GetProperty("seq").GetInt64();
        var from = frame.TryGetProperty("fromSeq", out var f) ? f.GetInt64() : seq;
        if (attempt < Attempt)
        {
            Violate(ViolationKind.Duplicated, $"{type} {from} to {seq} of attempt {attempt} after attempt {Attempt}");
            return false;
        }

        if (attempt > Attempt)
        {
            if (type != "RUN_STARTED" || from != 1)
            {
                Violate(ViolationKind.Protocol, $"attempt {attempt} begins with {type} {from}");
            }

            if (Attempt > 0 || attempt > 1)
            {
                Keep(frame, attempt);
            }

            (Attempt, LastSeq) = (attempt, from - 1);
        }

        if (from > LastSeq + 1)
        {
            Violate(ViolationKind.Lost, $"{type} {from} to {seq} after {LastSeq}", (int)(from - LastSeq - 1));
        }
        else if (from <= LastSeq)
        {
            Violate(ViolationKind.Duplicated, $"{type} {from} to {seq} after {LastSeq}", (int)(LastSeq - from + 1));
            return false;
        }

        LastSeq = seq;
        return true;
    }

    private void Keep(JsonElement frame, int attempt)
    {
        if (!frame.TryGetProperty("keepMessages", out var keep))
        {
            Violate(ViolationKind.Protocol, $"attempt {attempt} does not say what still stands");
            return;
        }

        var kept = keep.GetInt32();
        if (kept < _items.Count)
        {
            _items.RemoveRange(kept, _items.Count - kept);
        }
    }

    private void Apply(string type, JsonElement frame)
    {
        switch (type)
        {
            case "TEXT_MESSAGE_START":
                Message(frame.GetProperty("messageId").GetString()!);
                break;
            case "TEXT_MESSAGE_CONTENT":
                Message(frame.GetProperty("messageId").GetString()!).Text.Append(frame.GetProperty("delta").GetString());
                break;
            case "TOOL_CALL_START" when frame.TryGetProperty("parentMessageId", out var parent) && parent.GetString() is { } id:
                Message(id);
                break;
            case "TOOL_CALL_RESULT":
                _items.Add(new Item(frame.GetProperty("messageId").GetString()!, IsMessage: false));
                break;
            case "MESSAGES_SNAPSHOT":
                _items.Clear();
                foreach (var message in frame.GetProperty("messages").EnumerateArray().Where(m => m.GetProperty("role").GetString() == "assistant"))
                {
                    var item = new Item(message.TryGetProperty("id", out var mid) ? mid.GetString()! : "", IsMessage: true);
                    item.Text.Append(message.TryGetProperty("content", out var content) ? content.GetString() : "");
                    _items.Add(item);
                }

                break;
            case "RUN_FINISHED":
                End = type;
                break;
            case "RUN_ERROR":
                End = frame.GetProperty("code").GetString();
                break;
        }
    }

    private Item Message(string id)
    {
        if (_items.Find(i => i.Id == id) is { } known)
        {
            return known;
        }

        var item = new Item(id, IsMessage: true);
        _items.Add(item);
        return item;
    }

    private sealed record Item(string Id, bool IsMessage)
    {
        public StringBuilder Text { get; } = new();
    }
}
