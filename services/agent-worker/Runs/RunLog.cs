using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using StreamChat.AgentWorker.Relay;
using StreamChat.Contracts.Events;
using StreamChat.Hosting.Bus.Batches;

namespace StreamChat.AgentWorker.Runs;

/// <summary>
/// Everything that one attempt of a run has said, in order, and who reads it. The log is the buffer of the relay: a
/// subscriber is a cursor into it, so a late one, a slow one and a live one are the same thing, and nothing is queued twice.
/// Text is held as one buffer a message with the end of each delta, so that a token costs its characters and four bytes.
/// </summary>
internal sealed class RunLog
{
    // what an event that is not text is taken to weigh besides its text
    private const int EventOverhead = 128;

    private readonly Lock _lock = new();
    private readonly List<LogSegment> _segments = [];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _maxChars;
    private readonly long _maxUnread;
    private long _lastSeq;
    private long _firstKept = 1;
    private long _written;
    private long _kept;
    private bool _completed;
    private RunCursor[] _cursors = [];
    private TaskCompletionSource? _room;

    /// <summary>Makes an empty log.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="attempt">The attempt, from 1.</param>
    /// <param name="maxChars">How much to keep for those who attach later, in characters.</param>
    /// <param name="maxUnread">How far the slowest cursor may stay behind before the writer waits, in characters.</param>
    public RunLog(Guid runId, int attempt, long maxChars, long maxUnread)
    {
        RunId = runId;
        Attempt = attempt;
        _maxChars = maxChars;
        _maxUnread = maxUnread;
    }

    public Guid RunId { get; }

    public int Attempt { get; }

    /// <summary>What is kept now, in characters.</summary>
    public long Size
    {
        get
        {
            lock (_lock)
            {
                return _kept;
            }
        }
    }

    /// <summary>Whether the run has ended in it.</summary>
    public bool IsCompleted
    {
        get
        {
            lock (_lock)
            {
                return _completed;
            }
        }
    }

    /// <summary>Whether the slowest cursor is near enough for <see cref="WaitForRoomAsync"/> not to wait.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_lock)
            {
                return _written - SlowestRead() <= _maxUnread;
            }
        }
    }

    /// <summary>Appends one piece of a message's text as one event.</summary>
    public void AppendText(string messageId, string delta) => AppendText(messageId, delta, isReasoning: false);

    /// <summary>Appends one piece of a reasoning's text as one event.</summary>
    public void AppendReasoning(string messageId, string delta) => AppendText(messageId, delta, isReasoning: true);

    /// <summary>Appends an event other than text.</summary>
    /// <param name="make">Makes the event from its position.</param>
    /// <param name="last">Whether the run has ended with it.</param>
    public void Append(Func<long, RunEvent> make, bool last = false)
    {
        RunCursor[] cursors;
        lock (_lock)
        {
            ThrowIfCompleted();
            var made = make(++_lastSeq);
            Debug.Assert(made is not (TextMessageContent or ReasoningMessageContent), "text goes through AppendText and AppendReasoning");
            var segment = new LogEvent(_lastSeq, _written, made, EventOverhead + Weight(made));
            _segments.Add(segment);
            Grow(segment.Size);
            _completed = last;
            cursors = _cursors;
            SignalDrained();
        }

        Offer(cursors);
    }

    /// <summary>Waits until the slowest cursor is near enough. At once, unless a gateway or the broker is in trouble.</summary>
    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (_lock)
            {
                if (_written - SlowestRead() <= _maxUnread)
                {
                    return;
                }

                room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await room.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Whether everything after a position is still kept.</summary>
    public bool Keeps(long afterSeq)
    {
        lock (_lock)
        {
            return Math.Min(afterSeq, _lastSeq) + 1 >= _firstKept;
        }
    }

    /// <summary>
    /// Adds a subscriber that sees everything after a position, replay and live alike. A lane has one cursor a run. Who asks for more than
    /// it has before it gets it by a second one, which ends where it has caught up: those who are further are not kept waiting,
    /// nor is the writer.
    /// </summary>
    /// <returns>False when what it asks for is not kept any more.</returns>
    public bool Attach(IRelayLane lane, long afterSeq)
    {
        RunCursor cursor;
        lock (_lock)
        {
            var next = Math.Min(afterSeq, _lastSeq) + 1;
            if (next < _firstKept)
            {
                return false;
            }

            if (CursorOf(lane, isCatchUp: false) is not { } live)
            {
                cursor = Add(new RunCursor(this, lane), next);
            }
            else if (next >= live.NextSeq)
            {
                cursor = live;
            }
            else
            {
                cursor = CursorOf(lane, isCatchUp: true) ?? Add(new RunCursor(this, lane, isCatchUp: true), next);
                if (next < cursor.NextSeq)
                {
                    cursor.MoveTo(next, WrittenBefore(next));
                }
            }
        }

        Offer([cursor]);
        return true;
    }

    /// <summary>Whether a lane has a cursor here.</summary>
    public bool HasCursor(IRelayLane lane)
    {
        lock (_lock)
        {
            return Array.Exists(_cursors, c => c.Lane == lane);
        }
    }

    /// <summary>Removes a subscriber whose gateway is gone.</summary>
    public void Detach(IRelayLane lane)
    {
        lock (_lock)
        {
            _cursors = Array.FindAll(_cursors, c => c.Lane != lane);
            MakeRoom();
            SignalDrained();
        }
    }

    /// <summary>
    /// Writes what a cursor has not read yet, up to a size, into the slice that is open. Neighbouring text deltas become one event when more than
    /// <paramref name="mergeAbove"/> of them wait.
    /// </summary>
    /// <returns>Whether there is more.</returns>
    public bool Read(RunCursor cursor, long maxChars, int mergeAbove, BatchWriter into)
    {
        lock (_lock)
        {
            if (Array.IndexOf(_cursors, cursor) < 0)
            {
                return false;
            }

            var index = IndexOf(cursor.NextSeq);
            var chars = 0L;
            var before = cursor.IsCatchUp && CursorOf(cursor.Lane, isCatchUp: false) is { } live ? live.NextSeq : long.MaxValue;
            while (index < _segments.Count && chars < maxChars && cursor.NextSeq < before)
            {
                var segment = _segments[index];
                var (next, size) = segment.Read(cursor.NextSeq, before, maxChars - chars, mergeAbove, into);
                chars += size;
                cursor.MoveTo(next, WrittenBefore(next));
                if (next > segment.LastSeq)
                {
                    index++;
                }
            }

            MakeRoom();
            if (cursor.NextSeq >= before)
            {
                // what follows comes with the other one, on the same lane and behind this
                Remove(cursor);
                return false;
            }

            return cursor.NextSeq <= _lastSeq;
        }
    }

    /// <summary>The broker has what a cursor has read. One that has read a completed log is done.</summary>
    public void Sent(RunCursor cursor)
    {
        lock (_lock)
        {
            if (_completed && cursor.NextSeq > _lastSeq)
            {
                Remove(cursor);
            }
        }
    }

    /// <summary>Waits until every subscriber's gateway has been sent the end.</summary>
    public Task WaitUntilSentAsync(CancellationToken cancellationToken) => _drained.Task.WaitAsync(cancellationToken);

    private void AppendText(string messageId, string delta, bool isReasoning)
    {
        RunCursor[] cursors;
        lock (_lock)
        {
            ThrowIfCompleted();
            _lastSeq++;
            if (_segments.Count == 0 || _segments[^1] is not LogText text || text.MessageId != messageId || text.IsReasoning != isReasoning || text.IsFull)
            {
                text = new LogText(_lastSeq, _written, messageId, isReasoning);
                _segments.Add(text);
            }

            text.Append(delta);
            Grow(delta.Length);
            cursors = _cursors;
        }

        Offer(cursors);
    }

    private static int Weight(RunEvent e) => e switch
    {
        ToolCallArgs args => args.Delta.Length,
        ToolCallResult result => result.Content.Length,
        MessagesSnapshot snapshot => snapshot.Messages.Sum(m => m.Content.Length),
        StateSnapshot state => Weight(state.Snapshot),
        StateDelta state => Weight(state.Delta),
        Custom custom => Weight(custom.Value),
        RunFinished { Result: { } result } => Weight(result),
        _ => 0,
    };

    private static int Weight(JsonElement json) => JsonMarshal.GetRawUtf8Value(json).Length;

    private static void Offer(RunCursor[] cursors)
    {
        foreach (var cursor in cursors)
        {
            cursor.Lane.Offer(cursor);
        }
    }

    private void SignalDrained()
    {
        if (_completed && _cursors.Length == 0)
        {
            _drained.TrySetResult();
        }
    }

    private void ThrowIfCompleted()
    {
        if (_completed)
        {
            throw new InvalidOperationException($"Run {RunId} has ended.");
        }
    }

    private void Grow(int size)
    {
        _written += size;
        _kept += size;
        var slowest = _kept > _maxChars ? SlowestSeq() : 0;
        while (_kept > _maxChars && _segments.Count > 1 && _segments[0].LastSeq < slowest)
        {
            _kept -= _segments[0].Size;
            _segments.RemoveAt(0);
            _firstKept = _segments[0].FirstSeq;
        }
    }

    private RunCursor? CursorOf(IRelayLane lane, bool isCatchUp) => Array.Find(_cursors, c => c.Lane == lane && c.IsCatchUp == isCatchUp);

    private RunCursor Add(RunCursor cursor, long next)
    {
        cursor.MoveTo(next, WrittenBefore(next));
        _cursors = [.. _cursors, cursor];
        return cursor;
    }

    private void Remove(RunCursor cursor)
    {
        _cursors = Array.FindAll(_cursors, c => c != cursor);
        SignalDrained();
    }

    private void MakeRoom()
    {
        if (_room is not null && _written - SlowestRead() <= _maxUnread)
        {
            _room.SetResult();
            _room = null;
        }
    }

    private long SlowestRead()
    {
        // a loop: asked for with each token
        var slowest = _written;
        foreach (var cursor in _cursors)
        {
            if (!cursor.IsCatchUp)
            {
                slowest = Math.Min(slowest, cursor.ReadChars);
            }
        }

        return slowest;
    }

    private long SlowestSeq()
    {
        var slowest = long.MaxValue;
        foreach (var cursor in _cursors)
        {
            slowest = Math.Min(slowest, cursor.NextSeq);
        }

        return slowest;
    }

    private long WrittenBefore(long seq)
    {
        if (seq > _lastSeq)
        {
            return _written;
        }

        var segment = _segments[IndexOf(seq)];
        return segment.WrittenBefore + segment.SizeBefore(seq);
    }

    // the segment that holds a position; one past the end for a position not yet written
    private int IndexOf(long seq)
    {
        int low = 0, high = _segments.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_segments[middle].LastSeq < seq)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
