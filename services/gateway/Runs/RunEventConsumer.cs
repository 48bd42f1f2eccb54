using MassTransit;
using StreamChat.Contracts.Runs;

namespace StreamChat.Gateway.Runs;

/// <summary>Takes the batches for this gateway, one at a time.</summary>
internal sealed class RunEventConsumer(RunEventDispatcher dispatcher) : IConsumer<RunEventBatch>
{
    public Task Consume(ConsumeContext<RunEventBatch> context)
    {
        dispatcher.Dispatch(context.Message);
        return Task.CompletedTask;
    }
}
