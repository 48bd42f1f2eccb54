using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Storage;
using StreamChat.Storage;

namespace StreamChat.AgentWorker.Runs;

/// <summary>
/// Ends of runs that the store could not take in time, although who waited had to be told. They are written when it can be reached
/// again, so that the thread is free for its next run and keeps what was said. Bounded; what is lost with the process, a thread waits
/// for until the run's lease is over.
/// </summary>
internal sealed partial class UnsavedEnds(
    IConversationStore store, IOptions<RunOptions> limits, RunMetrics metrics, TimeProvider time, ILogger<UnsavedEnds> logger) : BackgroundService
{
    private const int MaxEnds = 10_000;
    private const long MaxTotalChars = 16L * 1024 * 1024;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<(RunCompletion End, long Since)> _ends = new();
    private long _chars;

    /// <summary>Keeps an end to be written later, without what was said in it when that is too much.</summary>
    public void Add(RunCompletion end)
    {
        if (_ends.Count >= MaxEnds)
        {
            metrics.EndLost();
            return;
        }

        var size = Size(end);
        if (Interlocked.Add(ref _chars, size) > MaxTotalChars)
        {
            Interlocked.Add(ref _chars, -size);
            metrics.EndLost();
            end = end with { Messages = [], Context = null };
        }

        _ends.Enqueue((end, time.GetTimestamp()));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await SaveAsync(stoppingToken);
        }
    }

    /// <summary>One pass: writes what can be written, oldest first.</summary>
    internal async Task SaveAsync(CancellationToken cancellationToken)
    {
        while (_ends.TryPeek(out var oldest))
        {
            try
            {
                // false when it is ended already, or somebody took the run over: its end is theirs then
                await store.CompleteRunAsync(oldest.End, cancellationToken);
                LogSaved(oldest.End.RunId);
            }
            catch (StoreUnavailableException) when (time.GetElapsedTime(oldest.Since) < limits.Value.Lease)
            {
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                metrics.EndLost();
                LogLost(oldest.End.RunId, e);
            }

            _ends.TryDequeue(out _);
            Interlocked.Add(ref _chars, -Size(oldest.End));
        }
    }

    private static long Size(RunCompletion end) =>
        (end.Context?.Length ?? 0) + end.Messages.Sum(m => (long)m.Content.Length + (m.ToolCalls?.Length ?? 0) + (m.Images?.Length ?? 0));

    [LoggerMessage(2802, LogLevel.Information, "The end of run {RunId} is stored now.")]
    private partial void LogSaved(Guid runId);

    [LoggerMessage(2803, LogLevel.Error, "The end of run {RunId} is lost.")]
    private partial void LogLost(Guid runId, Exception exception);
}
