using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Agents.Team;

namespace StreamChat.AgentWorker.Agents.Announcing;

/// <summary>
/// Announces the agents when the bus is up, when the tools on offer change and at every interval, and withdraws them when the
/// process stops.
/// </summary>
internal sealed class AnnouncingLoop(
    IBusControl bus, AgentAnnouncer announcer, ToolCatalog catalog, IOptions<AgentsOptions> options, TimeProvider time)
    : BackgroundService, IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // before any service stops: the bus must still be there
    public Task StoppingAsync(CancellationToken cancellationToken) => announcer.WithdrawAsync(cancellationToken);

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
            while (true)
            {
                var changed = catalog.Changed;
                await announcer.AnnounceAsync(stoppingToken);
                await WaitAsync(changed, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process stops
        }
    }

    private async Task WaitAsync(Task changed, CancellationToken stoppingToken)
    {
        try
        {
            await changed.WaitAsync(options.Value.AnnounceInterval, time, stoppingToken);
        }
        catch (TimeoutException)
        {
            // time to say it again
        }
    }
}
