using MassTransit;
using StreamChat.Contracts.Runs;

namespace StreamChat.Gateway.Runs;

/// <summary>Hears of every run that begins.</summary>
internal sealed class RunAnnouncedConsumer(ThreadViewers viewers) : IConsumer<RunAnnounced>
{
    public Task Consume(ConsumeContext<RunAnnounced> context)
    {
        viewers.Announced(context.Message);
        return Task.CompletedTask;
    }
}
