using MassTransit;
using StreamChat.Contracts.Agents;

namespace StreamChat.Gateway.Agents;

/// <summary>Hears which agents an agent-worker has.</summary>
internal sealed class AgentsAnnouncedConsumer(AgentDirectory directory) : IConsumer<AgentsAnnounced>
{
    public Task Consume(ConsumeContext<AgentsAnnounced> context)
    {
        directory.Announce(context.Message);
        return Task.CompletedTask;
    }
}
