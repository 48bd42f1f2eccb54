using MassTransit;
using StreamChat.Contracts.Runs;

namespace StreamChat.Gateway.Runs;

/// <summary>Hears of every run that begins.</summary>
internal sealed class RunsAnnouncedConsumer(ThreadViewers viewers, RunAttacher attacher) : IConsumer<RunsAnnounced>
{
    public Task Consume(ConsumeContext<RunsAnnounced> context)
    {
        foreach (var run in context.Message.Runs)
        {
            attacher.Announced(run);
            viewers.Announced(run);
        }

        return Task.CompletedTask;
    }
}
