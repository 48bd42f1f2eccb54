using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus;

namespace StreamChat.AgentWorker.Runs;

/// <summary>Stops a run wherever it is: here, at the worker that has it, or before it begins.</summary>
internal sealed partial class RunCanceller(
    RunTable table, IConversationStore store, WorkerIdentity identity, InstanceSender sender, ILogger<RunCanceller> logger)
{
    /// <summary>Passes the word on. Only the run's own user is obeyed.</summary>
    public async Task CancelAsync(CancelRun cancel, CancellationToken cancellationToken)
    {
        if (table.Find(cancel.RunId) is { } run)
        {
            if (run.UserId == cancel.UserId)
            {
                run.Stop(StopReason.Cancelled);
            }

            return;
        }

        var workerId = await store.RequestCancelAsync(cancel.RunId, cancel.UserId, cancellationToken);
        if (workerId is null || workerId == identity.WorkerId)
        {
            return;
        }

        try
        {
            await sender.SendAsync(BusNames.Instance(BusNames.AgentWorker, workerId), cancel, cancellationToken);
        }
        catch (InstanceGoneException e)
        {
            // the next worker that gets the run finds the note in the store
            LogWorkerGone(workerId, cancel.RunId, e);
        }
    }

    [LoggerMessage(2301, LogLevel.Information, "Worker {WorkerId}, which had run {RunId}, is gone.")]
    private partial void LogWorkerGone(string workerId, Guid runId, Exception exception);
}
