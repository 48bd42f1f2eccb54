using MassTransit;
using Microsoft.Extensions.Hosting;

namespace StreamChat.Hosting.Bus;

/// <summary>
/// Says when to announce: when the bus is up, and up again, when something has changed and at every interval, and that all is withdrawn when
/// the process stops.
/// </summary>
/// <param name="bus">The bus to wait for.</param>
/// <param name="announcer">What is said.</param>
/// <param name="interval">How often, so that others notice when this process falls silent.</param>
/// <param name="time">The clock.</param>
public abstract class AnnouncingLoop(IBusControl bus, Announcer announcer, TimeSpan interval, TimeProvider time)
    : BackgroundService, IHostedLifecycleService
{
    private TaskCompletionSource _back = NewSignal();

    /// <summary>Completes when something else than now is on offer.</summary>
    protected abstract Task Changed { get; }

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        bus.ConnectReceiveEndpointObserver(new QueueObserver { OnRead = () => Volatile.Read(ref _back).TrySetResult() });
        return base.StartAsync(cancellationToken);
    }

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
                var back = NewSignal();
                Volatile.Write(ref _back, back);
                var changed = Changed;
                await announcer.AnnounceAsync(stoppingToken);
                await WaitAsync(Task.WhenAny(changed, back.Task), stoppingToken);
                if (back.Task.IsCompleted)
                {
                    // what was said when the connection was about to break may not have been heard, and who asked since was not
                    await WaitAsync(bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken), stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process stops
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task WaitAsync(Task reason, CancellationToken stoppingToken)
    {
        try
        {
            await reason.WaitAsync(interval, time, stoppingToken);
        }
        catch (TimeoutException)
        {
            // time to say it again
        }
    }
}
