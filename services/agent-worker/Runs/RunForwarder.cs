using StreamChat.Hosting.Bus;

namespace StreamChat.AgentWorker.Runs;

/// <summary>Passes word of a run on to the worker that has it.</summary>
internal sealed partial class RunForwarder(WorkerIdentity identity, InstanceSender sender, ILogger<RunForwarder> logger)
{
    /// <summary>Passes it on, unless nobody has the run or it would come back here.</summary>
    public async Task ForwardAsync<T>(string? workerId, Guid runId, T message, CancellationToken cancellationToken)
        where T : class
    {
        if (workerId is null || workerId == identity.WorkerId)
        {
            return;
        }

        try
        {
            await sender.SendAsync(BusNames.Instance(BusNames.AgentWorker, workerId), message, cancellationToken);
        }
        catch (InstanceGoneException e)
        {
            // the next worker that gets the run finds the note of a cancel in the store, and makes the calls anew
            LogWorkerGone(workerId, runId, e);
        }
    }

    [LoggerMessage(2301, LogLevel.Information, "Worker {WorkerId}, which had run {RunId}, is gone.")]
    private partial void LogWorkerGone(string workerId, Guid runId, Exception exception);
}
