using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Agents;
using StreamChat.Hosting.Bus;

namespace StreamChat.Gateway.Agents;

/// <summary>Asks the agent-workers which agents they have.</summary>
internal sealed partial class AgentsRequester(
    IBusControl bus, GatewayIdentity identity, AgentDirectory directory, IOptions<BusOptions> options, TimeProvider time, ILogger<AgentsRequester> logger)
    : AskWhenRead<AgentsRequested>(bus, identity.ClusterQueue, options, time)
{
    protected override AgentsRequested Question => new() { GatewayId = identity.GatewayId };

    protected override void OnHearing(bool hears) => directory.Hears = hears;

    protected override void OnUnheard(Exception exception) => LogFailed(exception);

    [LoggerMessage(1701, LogLevel.Warning, "Agent-workers could not be asked for their agents; they announce them by themselves soon.")]
    private partial void LogFailed(Exception exception);
}
