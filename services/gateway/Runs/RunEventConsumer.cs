using MassTransit;
using StreamChat.Contracts.Runs;

namespace StreamChat.Gateway.Runs;

/// <summary>Takes what workers say to this gateway, one message at a time: the answer to an attach stands before its events.</summary>
internal sealed class RunEventConsumer(RunEventDispatcher dispatcher, RunAttacher attacher) : IConsumer<RunEventBatch>, IConsumer<AttachAnswered>
{
    public Task Consume(ConsumeContext<RunEventBatch> context)
    {
        dispatcher.Dispatch(context.Message);
        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<AttachAnswered> context)
    {
        attacher.Answered(context.Message);
        return Task.CompletedTask;
    }
}
