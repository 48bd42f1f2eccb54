using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus;
using StreamChat.Storage;

namespace StreamChat.AgentWorker.Runs;

/// <summary>
/// Shows a run to a gateway: from its log, or, once that is gone, from the store. Always answers, and before the first event. A run
/// that the user may not see is as one that there never was.
/// </summary>
internal sealed partial class RunAttacher(
    RunTable table, IConversationStore store, WorkerIdentity identity, InstanceSender sender, TimeProvider time, ILogger<RunAttacher> logger)
{
    // a claim takes a few milliseconds, unless the store is in trouble
    private static readonly TimeSpan ClaimPatience = TimeSpan.FromSeconds(1);

    public async Task AttachAsync(AttachRun attach, CancellationToken cancellationToken)
    {
        try
        {
            var known = table.Find(attach.RunId);
            var code = known is null
                ? await AttachStoredAsync(attach, cancellationToken)
                : await AttachKnownAsync(attach, known, cancellationToken);
            if (code is not null)
            {
                await AnswerAsync(attach, code, null, null, cancellationToken);
            }
        }
        catch (StoreUnavailableException e)
        {
            LogStoreUnavailable(attach.RunId, e);
            await AnswerAsync(attach, AttachCodes.Unavailable, null, null, cancellationToken);
        }
        catch (Exception e) when (e is InstanceGoneException or TimeoutException)
        {
            // a gateway that is gone has nobody waiting; one that cannot be reached has a deadline of its own
            LogNotAnswered(attach.RunId, attach.GatewayId, e);
        }
    }

    /// <returns>Why not, or null when it is answered.</returns>
    private async Task<string?> AttachKnownAsync(AttachRun attach, ActiveRun run, CancellationToken cancellationToken)
    {
        if (run.UserId != attach.UserId && run.Thread != ThreadKey.Shared(attach.ThreadId))
        {
            return AttachCodes.NotFound;
        }

        if (attach.OnlyFind)
        {
            await AnswerAsync(attach, null, run.UserId, run.Thread.ThreadId, cancellationToken, hasEnded: run.Log is { IsCompleted: true });
            return null;
        }

        if (await BegunAsync(run, cancellationToken) is not { } log)
        {
            return AttachCodes.Unavailable;
        }

        var afterSeq = log.Attempt == attach.Attempt ? attach.AfterSeq : 0;
        if (log.Keeps(afterSeq))
        {
            await AnswerAsync(attach, null, run.UserId, run.Thread.ThreadId, cancellationToken);
            if (table.Attach(log, attach.GatewayId, afterSeq))
            {
                return null;
            }
        }

        LogLogGone(attach.RunId, afterSeq);
        return log.IsCompleted ? await AttachStoredAsync(attach, cancellationToken) : AttachCodes.Unavailable;
    }

    private async Task<string?> AttachStoredAsync(AttachRun attach, CancellationToken cancellationToken)
    {
        if (await store.FindRunAsync(attach.RunId, attach.UserId, attach.ThreadId, cancellationToken) is not { } record)
        {
            return AttachCodes.NotFound;
        }

        if (record.WorkerId != identity.WorkerId && await TryForwardAsync(attach, record.WorkerId, cancellationToken))
        {
            return null;
        }

        if (attach.OnlyFind && record.Outcome is not null)
        {
            await AnswerAsync(attach, null, record.UserId, record.ThreadId, cancellationToken, hasEnded: true);
            return null;
        }

        // still running, but not where it was: whoever takes it over has not claimed it yet
        return record.Outcome is null ? AttachCodes.Unavailable : await TellEndAsync(attach, record, cancellationToken);
    }

    /// <summary>What it added to the thread stands in for the replay.</summary>
    private async Task<string?> TellEndAsync(AttachRun attach, RunRecord record, CancellationToken cancellationToken)
    {
        var said = await store.LoadRunAsync(attach.RunId, attach.UserId, attach.ThreadId, cancellationToken);
        await AnswerAsync(attach, null, record.UserId, record.ThreadId, cancellationToken);

        // to who has seen some of it, all of it comes as one more attempt, which replaces what was shown
        var attempt = attach.AfterSeq == 0 ? record.Attempt : Math.Max(record.Attempt, attach.Attempt) + 1;
        table.Attach(EndedRun.Log(record, attempt, said, traceId: null), attach.GatewayId, 0);
        return null;
    }

    private async Task<RunLog?> BegunAsync(ActiveRun run, CancellationToken cancellationToken)
    {
        if (run.Log is null)
        {
            try
            {
                await run.Begun.WaitAsync(ClaimPatience, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                return null;
            }
        }

        return run.Log;
    }

    private async Task<bool> TryForwardAsync(AttachRun attach, string workerId, CancellationToken cancellationToken)
    {
        try
        {
            await sender.SendAsync(BusNames.Instance(BusNames.AgentWorker, workerId), attach, cancellationToken);
            return true;
        }
        catch (InstanceGoneException e)
        {
            LogWorkerGone(workerId, attach.RunId, e);
            return false;
        }
    }

    private Task AnswerAsync(AttachRun attach, string? code, string? userId, string? threadId, CancellationToken cancellationToken, bool hasEnded = false) =>
        sender.SendAsync(
            BusNames.Instance(BusNames.Gateway, attach.GatewayId),
            new AttachAnswered
            {
                RunId = attach.RunId,
                ConnectionId = attach.ConnectionId,
                Code = code,
                UserId = userId,
                ThreadId = threadId,
                WorkerId = identity.WorkerId,
                HasEnded = hasEnded,
            },
            cancellationToken);

    [LoggerMessage(2321, LogLevel.Information, "The log of run {RunId} does not reach back to event {AfterSeq}.")]
    private partial void LogLogGone(Guid runId, long afterSeq);

    [LoggerMessage(2322, LogLevel.Warning, "Run {RunId} cannot be shown: the store is unavailable.")]
    private partial void LogStoreUnavailable(Guid runId, Exception exception);

    [LoggerMessage(2323, LogLevel.Information, "Worker {WorkerId}, which had run {RunId}, is gone.")]
    private partial void LogWorkerGone(string workerId, Guid runId, Exception exception);

    [LoggerMessage(2324, LogLevel.Warning, "Gateway {GatewayId}, which wants to see run {RunId}, could not be answered.")]
    private partial void LogNotAnswered(Guid runId, string gatewayId, Exception exception);
}
