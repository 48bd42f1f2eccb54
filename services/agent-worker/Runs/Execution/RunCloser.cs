using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Runs;
using StreamChat.Storage;

namespace StreamChat.AgentWorker.Runs.Execution;

/// <summary>Ends runs: writes the end down, and sees to it that it is told.</summary>
internal sealed partial class RunCloser(
    IConversationStore store, RunOpener opener, WorkerIdentity identity, UnsavedEnds unsaved, IOptions<RunOptions> limits, RunMetrics metrics, TimeProvider time, ILogger<RunCloser> logger)
{
    private static readonly TimeSpan StoreRetryDelay = TimeSpan.FromMilliseconds(200);

    public RunCompletion NewCompletion(StartRun request, int attempt, RunEnd end, IReadOnlyList<StoredMessage> messages) => new()
    {
        RunId = request.RunId,
        UserId = request.UserId,
        WorkerId = identity.WorkerId,
        Attempt = attempt,
        Outcome = end.Outcome,
        ErrorCode = end.Code,
        ErrorMessage = end.Message,
        HasCheckpoint = attempt > 1,
        Messages = messages,
    };

    /// <summary>Writes an end down.</summary>
    /// <returns>False when it is another worker's to say; null when the store could not be reached in time.</returns>
    public async Task<bool?> CompleteAsync(RunCompletion completion)
    {
        var started = time.GetTimestamp();
        var isRepeated = false;
        while (true)
        {
            try
            {
                // not cancelled by anything: the end is to be written also of a run that was stopped
                return await store.CompleteRunAsync(completion, CancellationToken.None) || (isRepeated && await IsWrittenAsync(completion));
            }
            catch (StoreUnavailableException e)
            {
                isRepeated = true;
                if (e.IsRejected || time.GetElapsedTime(started) > limits.Value.EndTimeout)
                {
                    LogNotStored(completion.RunId, e);
                    return null;
                }
            }

            await Task.Delay(StoreRetryDelay, time);
        }
    }

    /// <summary>Ends a run that the model was not asked in.</summary>
    /// <returns>The outcome, for metrics.</returns>
    public async Task<string> EndAsync(ActiveRun run, StartRun request, RunClaim claim, RunEnd end, IReadOnlyList<StoredMessage> messages)
    {
        var log = opener.OpenOnce(run, request, claim.Attempt);
        var completion = NewCompletion(request, claim.Attempt, end, messages);
        switch (await CompleteAsync(completion))
        {
            case false:
                return Outcomes.TakenOver;
            case null:
                unsaved.Add(completion);
                break;
        }

        end.AppendTo(log, request.ThreadId);
        return end.Name;
    }

    /// <summary>Ends a run of which the store is told nothing.</summary>
    /// <returns>The outcome, for metrics.</returns>
    public string Refuse(ActiveRun run, StartRun request, RunEnd end)
    {
        end.AppendTo(opener.Open(run, request, attempt: 1), request.ThreadId);
        return Outcomes.Refused;
    }

    /// <summary>Ends a run that a quota keeps from beginning. Nothing of it is stored.</summary>
    /// <returns>The outcome, for metrics.</returns>
    public string RefuseOverQuota(ActiveRun run, StartRun request, StoredQuota quota)
    {
        metrics.QuotaReached(quota);
        LogOverQuota(request.RunId, quota, request.RoomId is null ? "user" : "room", request.RoomId ?? request.UserId);
        return Refuse(run, request, RunEnd.OverQuota(quota, isRoom: request.RoomId is not null));
    }

    /// <summary>Ends a run before the store knows of it, which is told when it can be: who asks for the run later is to hear the same.</summary>
    /// <returns>The outcome, for metrics.</returns>
    public string RefuseUnclaimed(ActiveRun run, StartRun request, RunClaimRequest claim)
    {
        unsaved.Add(NewCompletion(request, attempt: 1, RunEnd.StoreAway, []), claim with { WhenBusy = ThreadPolicy.Enqueue, MaxWaiting = int.MaxValue });
        return Refuse(run, request, RunEnd.StoreAway);
    }

    /// <summary>Waits until all who wait for the end have been sent it, or too long.</summary>
    public async Task WaitUntilToldAsync(RunLog log)
    {
        using var deadline = new CancellationTokenSource(limits.Value.EndTimeout, time);
        try
        {
            await log.WaitUntilSentAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            // the lane goes on trying; the log is kept for those who attach
            LogNotTold(log.RunId, limits.Value.EndTimeout);
        }
    }

    /// <summary>Whether the try before was done all the same, and only its answer was lost.</summary>
    private async Task<bool> IsWrittenAsync(RunCompletion completion) =>
        await store.FindRunAsync(completion.RunId, completion.UserId, threadId: null, CancellationToken.None) is { Outcome: { } outcome } record
            && outcome == completion.Outcome && record.WorkerId == completion.WorkerId && record.Attempt == completion.Attempt;

    [LoggerMessage(2004, LogLevel.Error, "The end of run {RunId} could not be stored.")]
    private partial void LogNotStored(Guid runId, Exception exception);

    [LoggerMessage(2970, LogLevel.Debug, "Run {RunId} is rejected: {OwnerKind} {Owner} has reached the quota {Quota} (Limits:Stored).")]
    private partial void LogOverQuota(Guid runId, StoredQuota quota, string ownerKind, string owner);

    [LoggerMessage(2005, LogLevel.Warning, "The end of run {RunId} could not be told within {Timeout}.")]
    private partial void LogNotTold(Guid runId, TimeSpan timeout);
}
