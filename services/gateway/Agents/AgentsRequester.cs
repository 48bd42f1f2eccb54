using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Agents;
using StreamChat.Hosting.Bus;

namespace StreamChat.Gateway.Agents;

/// <summary>Asks the agent-workers once, at the start, which agents they have, instead of waiting for their next word.</summary>
internal sealed partial class AgentsRequester(
    IBusControl bus, GatewayIdentity identity, IOptions<BusOptions> options, TimeProvider time, ILogger<AgentsRequester> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
            await Deadlines.RunAsync(
                options.Value.PublishTimeout, time, token => bus.Publish(new AgentsRequested { GatewayId = identity.GatewayId }, token), stoppingToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e);
        }
    }

    [LoggerMessage(1701, LogLevel.Warning, "Agent-workers could not be asked for their agents; they announce them by themselves soon.")]
    private partial void LogFailed(Exception exception);
}
