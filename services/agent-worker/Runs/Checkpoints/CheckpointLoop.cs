using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Storage;
using StreamChat.Storage;

namespace StreamChat.AgentWorker.Runs.Checkpoints;

/// <summary>
/// Writes down what runs have said, all together in one transaction at every interval, so that a run costs the store the same
/// however fast its model is. With more runs than go into one, those wait longer that were written down last: the cost is bounded, not
/// the distance.
/// </summary>
internal sealed partial class CheckpointLoop(
    ICheckpointStore store, IOptions<RunOptions> limits, RunMetrics metrics, TimeProvider time, ILogger<CheckpointLoop> logger) : BackgroundService
{
    private const int MostAtOnce = 200;

    private readonly ConcurrentDictionary<RunProgress, bool> _runs = new();
    private bool _failing;

    /// <summary>Follows a run until disposed.</summary>
    public IDisposable Follow(RunProgress run)
    {
        _runs.TryAdd(run, true);
        return new Following(this, run);
    }

    /// <summary>One pass.</summary>
    internal async Task SaveAsync(CancellationToken cancellationToken)
    {
        List<(RunProgress Run, RunCheckpoint Checkpoint, TranscriptPosition End)> due = [];
        foreach (var run in _runs.Keys.OrderBy(r => r.SavedAt))
        {
            if (due.Count == MostAtOnce)
            {
                break;
            }

            if (run.Take(out var end) is { } checkpoint)
            {
                due.Add((run, checkpoint, end));
            }
        }

        if (due.Count > 0)
        {
            await SaveAsync(due, cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(limits.Value.CheckpointInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await SaveAsync(stoppingToken);
        }
    }

    private async Task SaveAsync(List<(RunProgress Run, RunCheckpoint Checkpoint, TranscriptPosition End)> due, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        IReadOnlySet<Guid> left;
        try
        {
            left = await store.SaveAsync([.. due.Select(d => d.Checkpoint)], cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            metrics.NotCheckpointed(due.Count);

            // once in a spell
            if (!_failing)
            {
                _failing = true;
                LogNotSaved(due.Count, e);
            }

            return;
        }

        _failing = false;
        metrics.Checkpointed(due.Count - left.Count, time.GetElapsedTime(started));
        foreach (var (run, checkpoint, end) in due)
        {
            run.SavedAt = started;
            if (left.Contains(checkpoint.RunId))
            {
                run.Lost();
            }
            else
            {
                run.Saved(end);
            }
        }
    }

    private sealed class Following(CheckpointLoop loop, RunProgress run) : IDisposable
    {
        public void Dispose() => loop._runs.TryRemove(run, out _);
    }

    [LoggerMessage(2851, LogLevel.Warning, "How far {Runs} runs have come could not be written down, and so may that of others not.")]
    private partial void LogNotSaved(int runs, Exception exception);
}
