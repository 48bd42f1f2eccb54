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
    RunTable table, IConversationStore store, WorkerIdentity identity, InstanceSender sender, ILogger<RunControlConsumer> logger)
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
        await ForwardAsync(workerId, cancel.RunId, cancel, context.CancellationToken);
    }

    public async Task Consume(ConsumeContext<AttachRun> context)
    {
        var attach = context.Message;
        if (table.Find(attach.RunId) is { } run)
        {
            if (run.UserId == attach.UserId && run.Log is { } log && !table.Attach(log, attach.GatewayId, log.Attempt == attach.Attempt ? attach.AfterSeq : 0))
            {
                LogLogGone(attach.RunId, attach.AfterSeq);
            }

            return;
        }

        var record = await store.FindRunAsync(attach.RunId, attach.UserId, context.CancellationToken);
        await ForwardAsync(record is { Outcome: null } ? record.WorkerId : null, attach.RunId, attach, context.CancellationToken);
    }

    private async Task ForwardAsync<T>(string? workerId, Guid runId, T message, CancellationToken cancellationToken)
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
            // the next worker that gets the run finds the note in the store
            LogWorkerGone(workerId, runId, e);
        }
    }

    [LoggerMessage(2301, LogLevel.Information, "Worker {WorkerId}, which had run {RunId}, is gone.")]
    private partial void LogWorkerGone(string workerId, Guid runId, Exception exception);

    [LoggerMessage(2302, LogLevel.Information, "The log of run {RunId} does not reach back to event {AfterSeq}.")]
    private partial void LogLogGone(Guid runId, long afterSeq);
}
