using MassTransit;
using StreamChat.Contracts.Agents;

namespace StreamChat.AgentWorker.Agents.Announcing;

/// <summary>A gateway has started and asks who there is.</summary>
internal sealed class AgentsRequestedConsumer(AgentAnnouncer announcer) : IConsumer<AgentsRequested>
{
    public Task Consume(ConsumeContext<AgentsRequested> context) => announcer.AnnounceAsync(context.CancellationToken);
}
