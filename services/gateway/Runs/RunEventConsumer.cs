using MassTransit;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus.Batches;

namespace StreamChat.Gateway.Runs;

/// <summary>Takes what workers say to this gateway, one message at a time: the answer to an attach stands before its events.</summary>
internal sealed class RunEventConsumer(RunEventDispatcher dispatcher, RunAttacher attacher, RunRecovery recovery, RunFinder finder)
    : IConsumer<PackedBatch>, IConsumer<RunEventBatch>, IConsumer<AttachAnswered>
{
    public Task Consume(ConsumeContext<PackedBatch> context)
    {
        dispatcher.Dispatch(context.Message);
        return Task.CompletedTask;
    }

    // from a worker of the version that did not pack them
    public Task Consume(ConsumeContext<RunEventBatch> context)
    {
        dispatcher.Dispatch(PackedBatch.Of(context.Message));
        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<AttachAnswered> context)
    {
        if (!recovery.Answered(context.Message) && !finder.Answered(context.Message))
        {
            attacher.Answered(context.Message);
        }

        return Task.CompletedTask;
    }
}
