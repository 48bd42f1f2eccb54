using MassTransit;
using Microsoft.Extensions.Hosting;

namespace StreamChat.Hosting.Bus;

/// <summary>
/// Says when to announce: when the bus is up, when something has changed and at every interval, and that all is withdrawn when the
/// process stops.
/// </summary>
/// <param name="bus">The bus to wait for.</param>
/// <param name="announcer">What is said.</param>
/// <param name="interval">How often, so that others notice when this process falls silent.</param>
/// <param name="time">The clock.</param>
public abstract class AnnouncingLoop(IBusControl bus, Announcer announcer, TimeSpan interval, TimeProvider time)
    : BackgroundService, IHostedLifecycleService
{
    /// <summary>Completes when something else than now is on offer.</summary>
    protected abstract Task Changed { get; }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    // before any service stops: the bus must still be there
    public Task StoppingAsync(CancellationToken cancellationToken) => announcer.WithdrawAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
            while (true)
            {
                var changed = Changed;
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
            await changed.WaitAsync(interval, time, stoppingToken);
        }
        catch (TimeoutException)
        {
            // time to say it again
        }
    }
}
