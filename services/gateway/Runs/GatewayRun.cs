using System.Diagnostics;
using StreamChat.Contracts.Events;
using StreamChat.Hosting.Bus.Batches;

namespace StreamChat.Gateway.Runs;

/// <summary>A run that connections of this gateway see, each from its own position.</summary>
internal sealed class GatewayRun(Guid runId, string userId, string threadId, string? roomId, Activity? activity, long requestedAt)
{
    private readonly Lock _lock = new();
    private readonly List<Viewer> _viewers = [];
    private MessageName _message;
    private bool _accepted;
    private bool _firstText;
    private bool _closed;

    public Guid RunId => runId;

    public string UserId => userId;

    public string ThreadId => threadId;

    /// <summary>The room it belongs to, or null.</summary>
    public string? RoomId => roomId;

    /// <summary>The conversation that it belongs to.</summary>
    public ThreadKey Thread => ThreadKey.Of(UserId, ThreadId, RoomId);

    /// <summary>The span of the request, from reading it to its end here.</summary>
    public Activity? Activity => activity;

    public string? TraceId => activity?.TraceId.ToHexString();

    /// <summary>When the request was read, a <see cref="TimeProvider"/> timestamp.</summary>
    public long RequestedAt { get; } = requestedAt;

    /// <summary>The worker that runs it, once it has spoken.</summary>
    public string? WorkerId { get; set; }

    /// <summary>When it was last heard of, a <see cref="TimeProvider"/> timestamp.</summary>
    public long HeardAt { get; set; } = requestedAt;

    /// <summary>Adds a connection that wants to see the run from its start.</summary>
    /// <param name="listener">The connection.</param>
    /// <param name="tag">What it asked, given back to it; null when it did not ask.</param>
    /// <returns>True when it is new here.</returns>
    public bool TryAdd(IRunListener listener, object? tag)
    {
        lock (_lock)
        {
            if (_viewers.Exists(v => v.Listener == listener))
            {
                return false;
            }

            _viewers.Add(new Viewer(listener, asked: true));
            listener.OnOpened(RunId, ThreadId, RoomId, tag);
            if (_accepted)
            {
                listener.OnAccepted(RunId, ThreadId, TraceId);
            }

            return true;
        }
    }

    /// <summary>Lets a connection that did not ask see the run, from its start unless it sees it already.</summary>
    /// <returns>False when the run has ended here, and a new one is to be made.</returns>
    public bool TryView(IRunListener listener)
    {
        lock (_lock)
        {
            if (!_closed && !_viewers.Exists(v => v.Listener == listener))
            {
                View(listener);
            }

            return !_closed;
        }
    }

    /// <summary>
    /// Lets a connection see the run after a position, also one that is ahead of it. What was sent to it after that position already
    /// is on its way on the same connection, and is not sent twice.
    /// </summary>
    /// <returns>False when the run has ended here, and a new one is to be made.</returns>
    public bool TryPlace(IRunListener listener, int attempt, long afterSeq)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            var viewer = _viewers.Find(v => v.Listener == listener);
            if (viewer is { Ended: false } && viewer.Sequencer.IsPast(attempt, afterSeq))
            {
                return true;
            }

            viewer ??= View(listener);
            viewer.Sequencer = Sequencer.After(attempt, afterSeq);
            viewer.Repairing = false;
            viewer.Held = false;
            viewer.Ended = false;
            return true;
        }
    }

    /// <returns>True when nobody is left who has not seen the end.</returns>
    public bool Remove(IRunListener listener)
    {
        lock (_lock)
        {
            _viewers.RemoveAll(v => v.Listener == listener);
            return _closed |= _viewers.TrueForAll(v => v.Ended);
        }
    }

    /// <summary>Whether a connection sees it.</summary>
    public bool IsSeenBy(IRunListener listener)
    {
        lock (_lock)
        {
            return _viewers.Exists(v => v.Listener == listener);
        }
    }

    /// <summary>
    /// Without a connection: those who wait for a replay, and those who did not ask and have been shown nothing yet. With one: that
    /// connection if it asked for the run. One that attached does not count: a late answer to an earlier question must not end its view.
    /// </summary>
    public IReadOnlyList<IRunListener> Waiting(string? connectionId)
    {
        lock (_lock)
        {
            return [.. _viewers.Where(v => connectionId is null ? v.Repairing || (!v.Asked && v.Sequencer.Attempt == 0) : v.Asked && v.Listener.Id == connectionId).Select(v => v.Listener)];
        }
    }

    /// <summary>
    /// From where on somebody waits for the run: the position of who is furthest back; null when nobody does. Those who are left out for
    /// want of room ask by themselves when they have it.
    /// </summary>
    public (int Attempt, long AfterSeq)? Waiting()
    {
        lock (_lock)
        {
            (int Attempt, long AfterSeq)? from = null;
            foreach (var viewer in _viewers.Where(v => !v.Ended && !v.Held))
            {
                from = FurthestBack(from, viewer);
            }

            return from;
        }
    }

    /// <summary>Those who have not seen the end.</summary>
    public IReadOnlyList<IRunListener> Unended()
    {
        lock (_lock)
        {
            return [.. _viewers.Where(v => !v.Ended).Select(v => v.Listener)];
        }
    }

    public IReadOnlyList<IRunListener> Listeners()
    {
        lock (_lock)
        {
            return _viewers.ConvertAll(v => v.Listener);
        }
    }

    /// <summary>
    /// The request is durable. Told once, by whichever comes first: the broker's confirm or the first event, for a quorum queue
    /// delivers only what most of its nodes have stored.
    /// </summary>
    /// <returns>True the first time.</returns>
    public bool Accept()
    {
        lock (_lock)
        {
            if (_accepted)
            {
                return false;
            }

            _accepted = true;
            foreach (var viewer in _viewers.Where(v => v.Asked))
            {
                viewer.Listener.OnAccepted(RunId, ThreadId, TraceId);
            }

            return true;
        }
    }

    /// <summary>The message that a piece of the run belongs to. Not by two at a time.</summary>
    public string MessageOf(in BatchReader piece) => _message.Of(piece);

    /// <summary>Hands a piece of text to everybody whose next one it is.</summary>
    public Delivery Deliver(in RunText text)
    {
        Delivery delivery = default;
        lock (_lock)
        {
            foreach (var viewer in _viewers)
            {
                if (IsNext(viewer, text.Attempt, text.FirstSeq, text.Seq, ref delivery))
                {
                    viewer.Listener.OnText(text);
                }
            }

            delivery.FirstText = !_firstText;
            _firstText = true;
        }

        return delivery;
    }

    /// <summary>Hands an event to everybody whose next one it is.</summary>
    public Delivery Deliver(int attempt, RunEvent runEvent)
    {
        if (runEvent is TextMessageContent text)
        {
            return Deliver(RunText.Of(RunId, attempt, text));
        }

        Delivery delivery = default;
        lock (_lock)
        {
            foreach (var viewer in _viewers)
            {
                if (IsNext(viewer, attempt, runEvent.FromSeq ?? runEvent.Seq, runEvent.Seq, ref delivery))
                {
                    viewer.Listener.OnRunEvent(RunId, attempt, runEvent);
                    if (runEvent is RunFinished or RunError)
                    {
                        viewer.Ended = true;
                        viewer.Listener.Runs.End(RunId);
                    }
                }
            }

            delivery.Ended = runEvent is RunFinished or RunError && _viewers.TrueForAll(v => v.Ended);
            _closed |= delivery.Ended;
        }

        return delivery;
    }

    /// <summary>Lets those go on who had no room and have it now.</summary>
    /// <param name="from">From where a replay is needed, if one is.</param>
    /// <returns>Whether somebody has still none.</returns>
    public bool Resume(out (int Attempt, long AfterSeq)? from)
    {
        from = null;
        lock (_lock)
        {
            foreach (var viewer in _viewers.Where(v => v.Held && v.Listener.IsDrained))
            {
                viewer.Held = false;
                viewer.Repairing = true;
                from = FurthestBack(from, viewer);
            }

            return _viewers.Exists(v => v.Held);
        }
    }

    private static bool IsNext(Viewer viewer, int attempt, long firstSeq, long seq, ref Delivery delivery)
    {
        // one that was shown the stored end of a run is not shown the log of the same run after it
        if (viewer.Held || viewer.Ended)
        {
            return false;
        }

        var sequencer = viewer.Sequencer;
        switch (sequencer.Next(attempt, firstSeq, seq))
        {
            case Sequence.Deliver when !viewer.Listener.HasRoom:
                viewer.Held = true;
                delivery.Held = true;
                break;
            case Sequence.Deliver:
                viewer.Sequencer = sequencer;
                viewer.Repairing = false;
                return true;
            case Sequence.Duplicate:
                delivery.Duplicates++;
                break;
            case Sequence.Gap when !viewer.Repairing || viewer.Sequencer.IsInside(attempt, firstSeq):
                // Asked for once: what follows until the replay comes is behind the same gap. But a merged event that begins before the
                // position and ends behind it comes from a replay that was asked for by somebody further back, and took ours along.
                viewer.Repairing = true;
                delivery.Gap = FurthestBack(delivery.Gap, viewer);
                break;
        }

        return false;
    }

    private static (int Attempt, long AfterSeq) FurthestBack((int Attempt, long AfterSeq)? other, Viewer viewer)
    {
        var position = (viewer.Sequencer.Attempt, viewer.Sequencer.LastSeq);
        return other is { } known && known.CompareTo(position) < 0 ? known : position;
    }

    private Viewer View(IRunListener listener)
    {
        var viewer = new Viewer(listener, asked: false);
        _viewers.Add(viewer);
        listener.OnOpened(RunId, ThreadId, RoomId, tag: null);
        return viewer;
    }

    /// <summary>What became of an event.</summary>
    internal struct Delivery
    {
        public int Duplicates { get; set; }

        /// <summary>From where a replay is needed, if one is: the position of who is furthest back.</summary>
        public (int Attempt, long AfterSeq)? Gap { get; set; }

        /// <summary>Somebody has no room for it, and is left out until there is.</summary>
        public bool Held { get; set; }

        public bool FirstText { get; set; }

        /// <summary>Everybody has seen the end.</summary>
        public bool Ended { get; set; }
    }

    private sealed class Viewer(IRunListener listener, bool asked)
    {
        public readonly IRunListener Listener = listener;

        public readonly bool Asked = asked;

        public Sequencer Sequencer;

        public bool Repairing;

        public bool Held;

        public bool Ended;
    }
}
