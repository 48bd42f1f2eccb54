using System.Text.Json;
using MassTransit;
using StreamChat.AgentWorker.Agents;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus;

namespace StreamChat.AgentWorker.Runs;

/// <summary>
/// Cancel, attach and what clients' own tools returned. They come straight to the worker that runs the run when the sender knows it, else through the run directory
/// to any worker, which looks up who has it and passes the word on.
/// </summary>
internal sealed partial class RunControlConsumer(
    RunTable table, IConversationStore store, RunAttacher attacher, WorkerIdentity identity, InstanceSender sender, ILogger<RunControlConsumer> logger)
    : IConsumer<CancelRun>, IConsumer<AttachRun>, IConsumer<AnswerToolCall>
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

    public Task Consume(ConsumeContext<AttachRun> context) => attacher.AttachAsync(context.Message, context.CancellationToken);

    public async Task Consume(ConsumeContext<AnswerToolCall> context)
    {
        var answer = context.Message;
        if (table.Find(answer.RunId) is { } run)
        {
            if (run.UserId == answer.UserId)
            {
                run.ClientAnswers.Answer(answer.ToolCallId, Outcome(answer));
            }

            return;
        }

        if (await store.FindRunAsync(answer.RunId, answer.UserId, threadId: null, context.CancellationToken) is { Outcome: null } record)
        {
            await ForwardAsync(record.WorkerId, answer.RunId, answer, context.CancellationToken);
        }
    }

    private static ToolOutcome Outcome(AnswerToolCall answer) => answer.IsError
        ? new ToolOutcome(null, answer.Content)
        : new ToolOutcome(JsonSerializer.SerializeToElement(answer.Content, ConversationJson.Default.String), null);

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
            // the next worker that gets the run finds the note of a cancel in the store, and makes the calls anew
            LogWorkerGone(workerId, runId, e);
        }
    }

    [LoggerMessage(2301, LogLevel.Information, "Worker {WorkerId}, which had run {RunId}, is gone.")]
    private partial void LogWorkerGone(string workerId, Guid runId, Exception exception);
}
