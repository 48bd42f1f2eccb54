using MassTransit;
using Microsoft.Extensions.Options;

namespace StreamChat.ToolWorker.Announcing;

/// <summary>Announces the tools when the bus is up, at every interval from then on, and withdraws them when the process stops.</summary>
internal sealed class AnnouncingLoop(IBusControl bus, ToolAnnouncer announcer, IOptions<ToolWorkerOptions> options, TimeProvider time)
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
                await announcer.AnnounceAsync(stoppingToken);
                await Task.Delay(options.Value.AnnounceInterval, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process stops
        }
    }
}
