using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Bus;

namespace StreamChat.Gateway.Cluster;

/// <summary>Tells the other gateways what this one serves: at every interval, when a new one is heard of, and that it stops.</summary>
internal sealed partial class ClusterReporter(
    IBusControl bus, ClusterView view, IOptions<ClusterOptions> options, IOptions<BusOptions> busOptions, TimeProvider time,
    ILogger<ClusterReporter> logger) : BackgroundService, IHostedLifecycleService
{
    // the others forget us after this many intervals: two reports may be lost
    private const double ValidIntervals = 3;

    private static readonly TimeSpan LastWordTimeout = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _soon = new(0, 1);
    private bool _unheard;

    /// <summary>A gateway that has just started should not have to wait for its picture.</summary>
    public void ReportSoon()
    {
        lock (_soon)
        {
            if (_soon.CurrentCount == 0)
            {
                _soon.Release();
            }
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // before any service stops: the bus must still be there
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Deadlines.RunAsync(LastWordTimeout, time, token => bus.Publish(view.Report(TimeSpan.Zero), token), cancellationToken);
        }
        catch (Exception e)
        {
            LogUnheard(e);
        }
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Dispose()
    {
        base.Dispose();
        _soon.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
            while (true)
            {
                await ReportAsync(stoppingToken);
                await WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process stops
        }
    }

    /// <summary>Reports once. A broker that is away is no error: the next time will do.</summary>
    private async Task ReportAsync(CancellationToken stoppingToken)
    {
        try
        {
            var report = view.Report(options.Value.ReportInterval * ValidIntervals);
            await Deadlines.RunAsync(busOptions.Value.PublishTimeout, time, token => bus.Publish(report, context => context.Durable = false, token), stoppingToken);
            _unheard = false;
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            if (!_unheard)
            {
                _unheard = true;
                LogUnheard(e);
            }
        }
    }

    private async Task WaitAsync(CancellationToken stoppingToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var interval = Task.Delay(options.Value.ReportInterval, time, either.Token);
        var soon = _soon.WaitAsync(either.Token);
        await await Task.WhenAny(interval, soon);
        await either.CancelAsync();
    }

    [LoggerMessage(1501, LogLevel.Warning, "The other gateways could not be told what this one serves; trying again at every interval.")]
    private partial void LogUnheard(Exception exception);
}
