using System.Text.Json;
using MassTransit;
using StreamChat.AgentWorker.Agents;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Runs;

namespace StreamChat.AgentWorker.Runs;

/// <summary>
/// Cancel, attach and what clients' own tools returned. They come straight to the worker that runs the run when the sender knows it,
/// else through the run directory to any worker, which looks up who has it and passes the word on.
/// </summary>
internal sealed class RunControlConsumer(
    RunTable table, IConversationStore store, RunCanceller canceller, RunAttacher attacher, RunForwarder forwarder)
    : IConsumer<CancelRun>, IConsumer<AttachRun>, IConsumer<AnswerToolCall>
{
    public Task Consume(ConsumeContext<CancelRun> context) => canceller.CancelAsync(context.Message, context.CancellationToken);

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
            await forwarder.ForwardAsync(record.WorkerId, answer.RunId, answer, context.CancellationToken);
        }
    }

    private static ToolOutcome Outcome(AnswerToolCall answer) => answer.IsError
        ? new ToolOutcome(null, answer.Content)
        : new ToolOutcome(JsonSerializer.SerializeToElement(answer.Content, ConversationJson.Default.String), null);
}
