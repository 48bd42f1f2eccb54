using MassTransit;
using StreamChat.Contracts.Tools;

namespace StreamChat.ToolWorker.Announcing;

/// <summary>An agent-worker has started and asks what there is.</summary>
internal sealed class ToolsRequestedConsumer(ToolAnnouncer announcer) : IConsumer<ToolsRequested>
{
    public Task Consume(ConsumeContext<ToolsRequested> context) => announcer.AnnounceAsync(context.CancellationToken);
}
