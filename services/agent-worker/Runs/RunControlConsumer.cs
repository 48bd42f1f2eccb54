using MassTransit;
using StreamChat.Contracts.Runs;

namespace StreamChat.AgentWorker.Runs;

/// <summary>
/// Cancel and attach. They come straight to the worker that runs the run when the sender knows it, else through the run directory
/// to any worker, which looks up who has it and passes the word on.
/// </summary>
internal sealed class RunControlConsumer(RunCanceller canceller, RunAttacher attacher) : IConsumer<CancelRun>, IConsumer<AttachRun>
{
    public Task Consume(ConsumeContext<CancelRun> context) => canceller.CancelAsync(context.Message, context.CancellationToken);

    public Task Consume(ConsumeContext<AttachRun> context) => attacher.AttachAsync(context.Message, context.CancellationToken);
}
