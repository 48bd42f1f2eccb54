using StreamChat.AgentWorker.Runs;

namespace StreamChat.AgentWorker.Relay;

/// <summary>The way to one gateway, as a run's log sees it.</summary>
internal interface IRelayLane
{
    /// <summary>Says that a cursor has something to read. Never waits.</summary>
    void Offer(RunCursor cursor);

    /// <summary>Whether it has given up; a cursor added now would never be read.</summary>
    bool IsClosed { get; }
}
