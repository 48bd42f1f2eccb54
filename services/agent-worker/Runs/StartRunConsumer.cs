using MassTransit;
using StreamChat.AgentWorker.Runs.Execution;
using StreamChat.Contracts.Runs;

namespace StreamChat.AgentWorker.Runs;

/// <summary>Takes runs from the queue. The message stays unacknowledged until the run has ended.</summary>
internal sealed class StartRunConsumer(RunExecutor executor) : IConsumer<StartRun>
{
    public Task Consume(ConsumeContext<StartRun> context) =>
        executor.ExecuteAsync(context.Message, context.ReceiveContext.Redelivered, context.CancellationToken);
}
