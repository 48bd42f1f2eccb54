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

    private readonly ConcurrentQueue<(RunCompletion End, RunClaimRequest? Claim, long Since)> _ends = new();
    private long _chars;

    /// <summary>Keeps an end to be written later, without what was said in it when that is too much.</summary>
    /// <param name="end">The end.</param>
    /// <param name="claim">How the run is to be claimed first; null when it was.</param>
    public void Add(RunCompletion end, RunClaimRequest? claim = null)
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

        _ends.Enqueue((end, claim, time.GetTimestamp()));
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
            var end = oldest.End;
            try
            {
                if (await ClaimAsync(end, oldest.Claim, cancellationToken) is { } claimed)
                {
                    // false when it is ended already, or somebody took the run over: its end is theirs then
                    await store.CompleteRunAsync(claimed, cancellationToken);
                    LogSaved(end.RunId);
                }
            }
            catch (StoreUnavailableException e) when (e.IsRejected)
            {
                // it would be rejected again and hold up all others
                metrics.EndLost();
                LogRejected(end.RunId, e);
                await SaveBareAsync(end, cancellationToken);
            }
            catch (StoreUnavailableException) when (time.GetElapsedTime(oldest.Since) < limits.Value.Lease)
            {
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                metrics.EndLost();
                LogLost(end.RunId, e);
            }

            _ends.TryDequeue(out _);
            Interlocked.Add(ref _chars, -Size(end));
        }
    }

    /// <returns>The end as the claim's; null when the run is somebody else's by now.</returns>
    private async Task<RunCompletion?> ClaimAsync(RunCompletion end, RunClaimRequest? request, CancellationToken cancellationToken)
    {
        if (request is null)
        {
            return end;
        }

        var claim = await store.BeginRunAsync(request, cancellationToken);
        return claim.Status is RunClaimStatus.Claimed or RunClaimStatus.Waiting or RunClaimStatus.Cancelled ? end with { Attempt = claim.Attempt } : null;
    }

    /// <summary>That it has ended, at least.</summary>
    private async Task SaveBareAsync(RunCompletion end, CancellationToken cancellationToken)
    {
        try
        {
            await store.CompleteRunAsync(end with { Messages = [], Context = null }, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            LogLost(end.RunId, e);
        }
    }

    private static long Size(RunCompletion end) =>
        (end.Context?.Length ?? 0) + end.Messages.Sum(m => (long)m.Content.Length + (m.ToolCalls?.Length ?? 0) + (m.Images?.Length ?? 0));

    [LoggerMessage(2802, LogLevel.Information, "The end of run {RunId} is stored now.")]
    private partial void LogSaved(Guid runId);

    [LoggerMessage(2806, LogLevel.Error, "The database does not take what run {RunId} has said; only its end is stored.")]
    private partial void LogRejected(Guid runId, Exception exception);

    [LoggerMessage(2803, LogLevel.Error, "The end of run {RunId} is lost.")]
    private partial void LogLost(Guid runId, Exception exception);
}
