using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Bus;

namespace StreamChat.AgentWorker.Agents;

/// <summary>Asks the tool-workers once, at the start, what they offer, instead of waiting for their next word.</summary>
internal sealed partial class ToolsRequester(
    IBusControl bus, WorkerIdentity identity, IOptions<BusOptions> options, TimeProvider time, ILogger<ToolsRequester> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
            await Deadlines.RunAsync(
                options.Value.PublishTimeout, time, token => bus.Publish(new ToolsRequested { WorkerId = identity.WorkerId }, token), stoppingToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e);
        }
    }

    [LoggerMessage(2401, LogLevel.Warning, "Tool-workers could not be asked for their tools; they announce them by themselves soon.")]
    private partial void LogFailed(Exception exception);
}
