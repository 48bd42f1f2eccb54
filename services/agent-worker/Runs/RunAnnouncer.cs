using System.Threading.Channels;
using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus;

namespace StreamChat.AgentWorker.Runs;

/// <summary>
/// Tells every gateway that runs have begun: at once when idle, and together with those that begin while the last word is under way,
/// for every gateway hears of every run. A run does not wait for it: what cannot be told soon is dropped, and whoever missed it sees
/// the run when asking for it by its id.
/// </summary>
internal sealed partial class RunAnnouncer(
    IBus bus, IOptions<BusOptions> options, RunMetrics metrics, TimeProvider time, ILogger<RunAnnouncer> logger) : BackgroundService
{
    private const int Waiting = 1024;

    private readonly Channel<RunAnnounced> _queue = Channel.CreateBounded<RunAnnounced>(Waiting);
    private bool _unheard;

    /// <summary>Puts it into the queue; never waits.</summary>
    public void Announce(RunAnnounced announcement)
    {
        if (!_queue.Writer.TryWrite(announcement))
        {
            metrics.NotAnnounced(1);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<RunAnnounced> runs = [];
        while (await _queue.Reader.WaitToReadAsync(stoppingToken))
        {
            runs.Clear();
            while (runs.Count < RunsAnnounced.Most && _queue.Reader.TryRead(out var run))
            {
                runs.Add(run);
            }

            await PublishAsync(runs, stoppingToken);
        }
    }

    private async Task PublishAsync(List<RunAnnounced> runs, CancellationToken cancellationToken)
    {
        var announcement = new RunsAnnounced { Runs = [.. runs] };
        try
        {
            await Deadlines.RunAsync(
                options.Value.PublishTimeout,
                time,
                token => bus.Publish(announcement, (PublishContext<RunsAnnounced> context) => context.Durable = false, token),
                cancellationToken);
            _unheard = false;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            metrics.NotAnnounced(runs.Count);

            // once in a spell
            if (!_unheard)
            {
                _unheard = true;
                LogNotAnnounced(runs.Count, e);
            }
        }
    }

    [LoggerMessage(2311, LogLevel.Warning, "{Runs} runs could not be announced to the gateways, and so may others not.")]
    private partial void LogNotAnnounced(int runs, Exception exception);
}
