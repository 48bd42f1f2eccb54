using MassTransit;
using StreamChat.Contracts.Agents;

namespace StreamChat.AgentWorker.Agents.Announcing;

/// <summary>Where announcements go.</summary>
internal interface IAgentsPublisher
{
    Task PublishAsync(AgentsAnnounced announcement, CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal sealed class BusAgentsPublisher(IBus bus) : IAgentsPublisher
{
    public Task PublishAsync(AgentsAnnounced announcement, CancellationToken cancellationToken) => bus.Publish(announcement, cancellationToken);
}
