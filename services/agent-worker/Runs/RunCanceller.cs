using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Runs;

namespace StreamChat.AgentWorker.Runs;

/// <summary>Stops a run wherever it is: here, at the worker that has it, or before it begins.</summary>
internal sealed class RunCanceller(RunTable table, IConversationStore store, RunForwarder forwarder)
{
    /// <summary>Stops it or passes the word on. Only the run's own user is obeyed, and who may stop all of its thread.</summary>
    public async Task CancelAsync(CancelRun cancel, CancellationToken cancellationToken)
    {
        if (table.Find(cancel.RunId) is { } run)
        {
            if (run.UserId == cancel.UserId || run.Thread == ThreadKey.Shared(cancel.ThreadId))
            {
                run.Stop(StopReason.Cancelled);
            }

            return;
        }

        var workerId = await store.RequestCancelAsync(cancel.RunId, cancel.UserId, cancel.ThreadId, cancellationToken);
        await forwarder.ForwardAsync(workerId, cancel.RunId, cancel, cancellationToken);
    }
}
