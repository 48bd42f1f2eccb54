using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Time;
using StreamChat.Storage;

namespace StreamChat.AgentWorker.Runs;

/// <summary>
/// Lets the runs of a thread go one after the other. The store says whose turn it is, for the whole cluster. A run that waits is told
/// at once when one before it has ended on this worker, and asks again and again for those on others.
/// </summary>
internal sealed partial class ThreadTurns(
    IConversationStore store, RunCanceller canceller, WorkerIdentity identity, IOptions<RunOptions> limits, IOptions<WorkerOptions> worker,
    RunMetrics metrics, TimeProvider time, ILogger<ThreadTurns> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    // only for the case that the word gets lost: it comes from this process
    private static readonly TimeSpan LocalPause = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<ThreadKey, LinkedList<TaskCompletionSource>> _waiting = [];
    private int _count;

    /// <summary>Waits for the turn of a run.</summary>
    /// <param name="run">The run; its stop ends the wait.</param>
    /// <param name="request">What it was claimed with.</param>
    /// <param name="claim">The claim, which waits.</param>
    /// <returns>The claim as it is when the turn has come, or is in force no more.</returns>
    /// <exception cref="TurnException">The turn did not come, or cannot be waited for.</exception>
    /// <exception cref="OperationCanceledException">The run is to stop.</exception>
    public async Task<RunClaim> WaitAsync(ActiveRun run, RunClaimRequest request, RunClaim claim)
    {
        var started = time.GetTimestamp();
        var place = Enter(run.Thread);
        metrics.Waits();
        try
        {
            if (claim.WhenBusy == ThreadPolicy.Interrupt)
            {
                await InterruptAsync(claim, run.UserId, run.Stopping);
            }

            return await AskAsync(run, request, claim, place, started);
        }
        finally
        {
            metrics.Waited(started);
            Leave(run.Thread, place);
        }
    }

    /// <summary>A run has ended here: the first that waits in its thread looks whether its turn has come.</summary>
    public void Signal(ThreadKey thread)
    {
        lock (_lock)
        {
            if (_waiting.GetValueOrDefault(thread)?.First is { } first)
            {
                first.Value.TrySetResult();
            }
        }
    }

    private async Task<RunClaim> AskAsync(ActiveRun run, RunClaimRequest request, RunClaim claim, LinkedListNode<TaskCompletionSource> place, long started)
    {
        var pause = FirstPause;
        long? unavailableSince = null;
        while (true)
        {
            run.Stopping.ThrowIfCancellationRequested();
            try
            {
                // the first time at once: what went before may have ended before this run stood in line
                claim = await store.TakeTurnAsync(request, claim.Attempt, run.Stopping);
                unavailableSince = null;
                if (claim.Status != RunClaimStatus.Waiting)
                {
                    return claim;
                }
            }
            catch (StoreUnavailableException e)
            {
                LogStoreUnavailable(run.RunId, e);
                if (time.GetElapsedTime(unavailableSince ??= time.GetTimestamp()) > limits.Value.EndTimeout)
                {
                    throw new TurnException(isConflict: false, "Conversations cannot be loaded at the moment. Please try again.", e);
                }
            }

            var left = limits.Value.QueueTime - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                throw new TurnException(isConflict: true, $"Another answer in this conversation took longer than {limits.Value.QueueTime.TotalSeconds:0} s.");
            }

            var isLocal = unavailableSince is null && claim.Ahead.Count > 0 && claim.Ahead[^1].WorkerId == identity.WorkerId;
            await WaitAsync(place, Least(isLocal ? LocalPause : pause, left), run.Stopping);
            pause = pause.DoubledUpTo(LongestPause);
        }
    }

    /// <summary>Stops what goes first. In a room only the user's own: nobody stops the run of another.</summary>
    private async Task InterruptAsync(RunClaim claim, string userId, CancellationToken cancellationToken)
    {
        foreach (var ahead in claim.Ahead.Where(a => a.UserId == userId))
        {
            try
            {
                await canceller.CancelAsync(new CancelRun { RunId = ahead.RunId, UserId = userId }, cancellationToken);
            }
            catch (Exception e) when (e is StoreUnavailableException or TimeoutException)
            {
                // it is waited for all the same
                LogNotInterrupted(ahead.RunId, e);
            }
        }
    }

    private async Task WaitAsync(LinkedListNode<TaskCompletionSource> place, TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            await place.Value.Task.WaitAsync(pause, time, cancellationToken);
            lock (_lock)
            {
                place.Value = NewSignal();
            }
        }
        catch (TimeoutException)
        {
            // no word came: to be asked for
        }
    }

    private LinkedListNode<TaskCompletionSource> Enter(ThreadKey thread)
    {
        lock (_lock)
        {
            // who waits has a place among the runs in hand; half of them are kept for those that can go on
            if (_count >= Math.Max(1, worker.Value.Runs / 2))
            {
                throw new TurnException(isConflict: false, "Too many requests are waiting. Please try again in a moment.");
            }

            _count++;
            if (!_waiting.TryGetValue(thread, out var line))
            {
                _waiting[thread] = line = new LinkedList<TaskCompletionSource>();
            }

            return line.AddLast(NewSignal());
        }
    }

    private void Leave(ThreadKey thread, LinkedListNode<TaskCompletionSource> place)
    {
        lock (_lock)
        {
            _count--;
            var line = _waiting[thread];
            line.Remove(place);
            if (line.Count == 0)
            {
                _waiting.Remove(thread);
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    [LoggerMessage(2804, LogLevel.Warning, "Run {RunId} waits for its turn and the store is unavailable.")]
    private partial void LogStoreUnavailable(Guid runId, Exception exception);

    [LoggerMessage(2805, LogLevel.Warning, "Run {RunId} could not be interrupted.")]
    private partial void LogNotInterrupted(Guid runId, Exception exception);
}

/// <summary>The turn of a run did not come; the message is for the user.</summary>
/// <param name="isConflict">Whether other runs of the thread are to blame.</param>
/// <param name="message">Why.</param>
/// <param name="inner">What was behind it.</param>
internal sealed class TurnException(bool isConflict, string message, Exception? inner = null) : Exception(message, inner)
{
    public bool IsConflict => isConflict;
}
