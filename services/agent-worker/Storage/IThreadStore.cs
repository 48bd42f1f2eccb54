using StreamChat.Contracts.Threads;

namespace StreamChat.AgentWorker.Storage;

/// <summary>
/// Threads as their owners look back on them. A thread that is not the user's own is as one that there is none: those of other
/// users, and those of rooms, the user's private one included. What is asked is checked before.
/// </summary>
internal interface IThreadStore
{
    /// <summary>One page of a user's threads, the one used last first.</summary>
    Task<ThreadList> ListAsync(ListThreads request, CancellationToken cancellationToken);

    /// <summary>One page of a thread's messages.</summary>
    Task<ThreadPage> ReadAsync(ReadThread request, CancellationToken cancellationToken);

    /// <summary>Sets what the owner may set.</summary>
    Task<ThreadAnswer> ChangeAsync(ChangeThread request, CancellationToken cancellationToken);

    /// <summary>Removes a thread and all that belongs to it, unless it has a run under way.</summary>
    Task<ThreadAnswer> DeleteAsync(DeleteThread request, CancellationToken cancellationToken);

    /// <summary>The runs of a thread, a room's as well, that have not ended and are in some worker's hand.</summary>
    Task<ThreadRuns> ListRunsAsync(ListThreadRuns request, CancellationToken cancellationToken);
}
