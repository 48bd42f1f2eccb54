using System.Diagnostics;
using StreamChat.Contracts.Events;

namespace StreamChat.Gateway.Runs;

/// <summary>A run that connections of this gateway see, each from its own position.</summary>
internal sealed class GatewayRun(Guid runId, string userId, string threadId, string? roomId, Activity? activity, long requestedAt)
{
    private readonly Lock _lock = new();
    private readonly List<Viewer> _viewers = [];
    private bool _accepted;
    private bool _firstText;

    public Guid RunId => runId;

    public string UserId => userId;

    public string ThreadId => threadId;

    /// <summary>The room it belongs to, or null.</summary>
    public string? RoomId => roomId;

    /// <summary>The span of the request, from reading it to its end here.</summary>
    public Activity? Activity => activity;

    public string? TraceId => activity?.TraceId.ToHexString();

    /// <summary>When the request was read, a <see cref="TimeProvider"/> timestamp.</summary>
    public long RequestedAt => requestedAt;

    /// <summary>The worker that runs it, once it has spoken.</summary>
    public string? WorkerId { get; set; }

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

            _viewers.Add(new Viewer(listener));
            listener.OnOpened(RunId, ThreadId, RoomId, tag);
            if (_accepted)
            {
                listener.OnAccepted(RunId, ThreadId, TraceId);
            }

            return true;
        }
    }

    /// <returns>True when nobody is left who has not seen the end.</returns>
    public bool Remove(IRunListener listener)
    {
        lock (_lock)
        {
            _viewers.RemoveAll(v => v.Listener == listener);
            return _viewers.TrueForAll(v => v.Ended);
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
            _viewers.ForEach(v => v.Listener.OnAccepted(RunId, ThreadId, TraceId));
            return true;
        }
    }

    /// <summary>Hands an event to everybody whose next one it is.</summary>
    public Delivery Deliver(int attempt, RunEvent runEvent)
    {
        Delivery delivery = default;
        lock (_lock)
        {
            foreach (var viewer in _viewers)
            {
                switch (viewer.Sequencer.Next(attempt, runEvent.FromSeq ?? runEvent.Seq, runEvent.Seq))
                {
                    case Sequence.Deliver:
                        viewer.Repairing = false;
                        viewer.Listener.OnRunEvent(RunId, attempt, runEvent);
                        if (runEvent is RunFinished or RunError)
                        {
                            viewer.Ended = true;
                            viewer.Listener.Runs.Remove(RunId);
                        }

                        break;
                    case Sequence.Duplicate:
                        delivery.Duplicates++;
                        break;
                    case Sequence.Gap when !viewer.Repairing:
                        // asked for once: what follows until the replay comes is behind the same gap
                        viewer.Repairing = true;
                        delivery.Gap = (viewer.Sequencer.Attempt, viewer.Sequencer.LastSeq);
                        break;
                }
            }

            delivery.FirstText = !_firstText && runEvent is TextMessageContent;
            _firstText |= delivery.FirstText;
            delivery.Ended = runEvent is RunFinished or RunError && _viewers.TrueForAll(v => v.Ended);
        }

        return delivery;
    }

    /// <summary>What became of an event.</summary>
    internal struct Delivery
    {
        public int Duplicates { get; set; }

        /// <summary>From where a replay is needed, if one is.</summary>
        public (int Attempt, long AfterSeq)? Gap { get; set; }

        public bool FirstText { get; set; }

        /// <summary>Everybody has seen the end.</summary>
        public bool Ended { get; set; }
    }

    private sealed class Viewer(IRunListener listener)
    {
        public readonly IRunListener Listener = listener;

        public Sequencer Sequencer;

        public bool Repairing;

        public bool Ended;
    }
}
