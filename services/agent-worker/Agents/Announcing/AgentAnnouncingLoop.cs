using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.Hosting.Bus;

namespace StreamChat.AgentWorker.Agents.Announcing;

/// <summary>Announces the agents, also when the tools on offer change, which are part of what is said of them.</summary>
internal sealed class AgentAnnouncingLoop(
    IBusControl bus, AgentAnnouncer announcer, ToolCatalog catalog, IOptions<AgentsOptions> options, TimeProvider time)
    : AnnouncingLoop(bus, announcer, options.Value.AnnounceInterval, time)
{
    protected override Task Changed => catalog.Changed;
}
