using StreamChat.Contracts.Rooms;
using StreamChat.Contracts.Runs;
using StreamChat.Contracts.Threads;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Threads;

/// <summary>
/// Shows who joins a thread the runs that are under way in it. Asked for when the connection has been registered for the thread, so
/// that no run falls between: one that the store did not know yet is announced later.
/// </summary>
internal sealed class LateJoins(ThreadClient client, ThreadViewers threads)
{
    /// <summary>The runs that have not ended. None when nobody answers in time: who joined sees those that begin from now on.</summary>
    /// <param name="listener">A connection that has joined the thread.</param>
    /// <param name="thread">The thread.</param>
    /// <param name="stopping">Gives up.</param>
    public async Task<IReadOnlyList<RunAnnounced>> ListAsync(IRunListener listener, ThreadKey thread, CancellationToken stopping) =>
        (await AskAsync(listener, thread, stopping)).Runs;

    /// <summary>The runs that have not ended, or that nobody answered in time.</summary>
    /// <param name="listener">A connection that has joined the thread.</param>
    /// <param name="thread">The thread.</param>
    /// <param name="stopping">Gives up.</param>
    public Task<ThreadRuns> AskAsync(IRunListener listener, ThreadKey thread, CancellationToken stopping) => client.ListRunsAsync(
        new ListThreadRuns
        {
            UserId = listener.UserId,
            ThreadId = thread.ThreadId,
            RoomId = thread.UserId is null ? RoomNames.OfThread(thread.ThreadId) : null,
        },
        stopping);

    /// <summary>Shows them, each from its start. To be called when the client has been told that it joined.</summary>
    public void Show(IRunListener listener, IReadOnlyList<RunAnnounced> runs)
    {
        foreach (var run in runs)
        {
            threads.Show(listener, run);
        }
    }
}
