using StreamChat.AgentWorker.Relay;

namespace StreamChat.AgentWorker.Runs;

/// <summary>How far one gateway has been sent one run. Its position is guarded by the log's lock.</summary>
/// <param name="log">The log.</param>
/// <param name="lane">The way to the gateway.</param>
/// <param name="isCatchUp">Whether it only brings somebody there up to where the gateway's own cursor is, and ends with that.</param>
internal sealed class RunCursor(RunLog log, IRelayLane lane, bool isCatchUp = false)
{
    private int _queued;

    public RunLog Log => log;

    public IRelayLane Lane => lane;

    public bool IsCatchUp => isCatchUp;

    /// <summary>The next event to send.</summary>
    public long NextSeq { get; private set; } = 1;

    /// <summary>How much of the log lies before <see cref="NextSeq"/>, in characters since the log began.</summary>
    public long ReadChars { get; private set; }

    /// <summary>When the oldest event not yet taken was offered, a <see cref="TimeProvider"/> timestamp.</summary>
    public long OfferedAt { get; set; }

    public void MoveTo(long nextSeq, long readChars)
    {
        NextSeq = nextSeq;
        ReadChars = readChars;
    }

    /// <summary>Marks it as standing in its lane's queue.</summary>
    /// <returns>False when it already did: a cursor stands there at most once, which bounds the queue.</returns>
    public bool TryEnqueue() => Interlocked.Exchange(ref _queued, 1) == 0;

    /// <summary>Taken out; events from now on queue it again.</summary>
    public void Dequeued() => Volatile.Write(ref _queued, 0);
}
