using System.Threading.Channels;
using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus;

namespace StreamChat.AgentWorker.Runs;

/// <summary>
/// Tells every gateway that a run has begun. The run does not wait for it: what cannot be told soon is dropped, and whoever missed
/// it sees the run when asking for it by its id.
/// </summary>
internal sealed partial class RunAnnouncer(
    IBus bus, IOptions<BusOptions> options, RunMetrics metrics, TimeProvider time, ILogger<RunAnnouncer> logger) : BackgroundService
{
    private const int Waiting = 1024;
    private const int SideBySide = 8;

    private readonly Channel<RunAnnounced> _queue = Channel.CreateBounded<RunAnnounced>(Waiting);
    private bool _unheard;

    /// <summary>Puts it into the queue; never waits.</summary>
    public void Announce(RunAnnounced announcement)
    {
        if (!_queue.Writer.TryWrite(announcement))
        {
            metrics.NotAnnounced();
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Parallel.ForEachAsync(
        _queue.Reader.ReadAllAsync(stoppingToken),
        new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = stoppingToken },
        PublishAsync);

    private async ValueTask PublishAsync(RunAnnounced announcement, CancellationToken cancellationToken)
    {
        try
        {
            await Deadlines.RunAsync(
                options.Value.PublishTimeout,
                time,
                token => bus.Publish(announcement, (PublishContext<RunAnnounced> context) => context.Durable = false, token),
                cancellationToken);
            Volatile.Write(ref _unheard, false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            metrics.NotAnnounced();

            // once in a spell
            if (!Interlocked.Exchange(ref _unheard, true))
            {
                LogNotAnnounced(announcement.RunId, e);
            }
        }
    }

    [LoggerMessage(2311, LogLevel.Warning, "Run {RunId} could not be announced to the gateways, and so may others not.")]
    private partial void LogNotAnnounced(Guid runId, Exception exception);
}
