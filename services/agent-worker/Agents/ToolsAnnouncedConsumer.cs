using MassTransit;
using StreamChat.Contracts.Tools;

namespace StreamChat.AgentWorker.Agents;

/// <summary>Hears what tool-workers offer.</summary>
internal sealed class ToolsAnnouncedConsumer(ToolCatalog catalog) : IConsumer<ToolsAnnounced>
{
    public Task Consume(ConsumeContext<ToolsAnnounced> context)
    {
        catalog.Announce(context.Message);
        return Task.CompletedTask;
    }
}
