using MassTransit;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus;

namespace StreamChat.AgentWorker.Runs;

/// <summary>
/// Cancel and attach. They come straight to the worker that runs the run when the sender knows it, else through the run directory
/// to any worker, which looks up who has it and passes the word on.
/// </summary>
internal sealed partial class RunControlConsumer(
    RunTable table, IConversationStore store, RunAttacher attacher, WorkerIdentity identity, InstanceSender sender, ILogger<RunControlConsumer> logger)
    : IConsumer<CancelRun>, IConsumer<AttachRun>
{
    public async Task Consume(ConsumeContext<CancelRun> context)
    {
        var cancel = context.Message;
        if (table.Find(cancel.RunId) is { } run)
        {
            if (run.UserId == cancel.UserId)
            {
                run.Stop(StopReason.Cancelled);
            }

            return;
        }

        var workerId = await store.RequestCancelAsync(cancel.RunId, cancel.UserId, context.CancellationToken);
        await ForwardAsync(workerId, cancel, context.CancellationToken);
    }

    public Task Consume(ConsumeContext<AttachRun> context) => attacher.AttachAsync(context.Message, context.CancellationToken);

    private async Task ForwardAsync(string? workerId, CancelRun cancel, CancellationToken cancellationToken)
    {
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
