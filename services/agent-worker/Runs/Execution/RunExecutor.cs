using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Agents;
using StreamChat.AgentWorker.Memory;
using StreamChat.AgentWorker.Runs.Checkpoints;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus;

namespace StreamChat.AgentWorker.Runs.Execution;

/// <summary>
/// One run from its request to its end. The order matters: registered before anything is awaited, so that a cancel finds it;
/// claimed in the store before the model is asked, so that nobody else runs it; written to the store before its end is told, so
/// that the end can be had later; and told before the request is acknowledged, so that the death of this worker repeats it.
/// </summary>
internal sealed partial class RunExecutor(
    RunTable table, KnownRuns known, RunClaimer claimer, ThreadTurns turns, RunOpener opener, RunSupervisor supervisor, AgentRunner agents, CheckpointLoop checkpoints, RunHandover handover, ThreadMemory memory,
    RunCloser closer, UnsavedEnds unsaved, WorkerIdentity identity, IOptions<RunOptions> limits, RunMetrics metrics, TimeProvider time, ILogger<RunExecutor> logger)
{
    /// <summary>Runs it. Returns when the request may be acknowledged.</summary>
    /// <param name="request">The request.</param>
    /// <param name="redelivered">Whether the broker delivered it before.</param>
    /// <param name="shutdown">Fires when this worker goes down and gives back what it has in hand.</param>
    /// <exception cref="GiveBackException">Another worker is to take it.</exception>
    /// <exception cref="RunPoisonedException">It has ended as failed, and its request is to be kept for inspection.</exception>
    public async Task ExecuteAsync(StartRun request, bool redelivered, CancellationToken shutdown)
    {
        var run = new ActiveRun(request);
        while (!table.TryAdd(run, out var there))
        {
            if (await known.JoinAsync(there, request, redelivered, shutdown))
            {
                run.Dispose();
                return;
            }
        }

        var started = time.GetTimestamp();
        var outcome = Outcomes.NotRun;
        var keep = false;
        RunRecord? elsewhere = null;
        metrics.Started();
        using var stopping = shutdown.Register(() => run.Stop(StopReason.Shutdown));
        try
        {
            // not by the run's own token: a cancel that comes now is to end a run that is ours
            var claimRequest = claimer.NewClaim(request, redelivered);
            var claim = await claimer.ClaimAsync(claimRequest, shutdown);
            (outcome, keep) = claim switch
            {
                { Status: RunClaimStatus.Waiting } => (await RunInTurnAsync(run, request, claimRequest, claim), true),
                { Status: RunClaimStatus.Refused } => (closer.Refuse(run, request, RunEnd.Failed(claim.Record!.ErrorCode!, claim.Record.ErrorMessage!)), true),
                { Status: RunClaimStatus.Claimed } => (await RunClaimedAsync(run, request, claim), true),
                { Status: RunClaimStatus.Cancelled } => (await EndCancelledAsync(run, request, claim), true),
                { Status: RunClaimStatus.Active } => (Outcomes.Forwarded, false),
                { Status: RunClaimStatus.Ended } => (await known.TellEndAsync(run, request, claim.Record!), false),
                { Status: RunClaimStatus.Forbidden } => (closer.Refuse(run, request, RunEnd.Forbidden), false),
                { Status: RunClaimStatus.OverQuota } => (closer.RefuseOverQuota(run, request, claim.Quota!.Value), false),
                _ => (closer.RefuseUnclaimed(run, request, claimRequest), true),
            };
            elsewhere = outcome == Outcomes.Forwarded ? claim!.Record : null;
        }
        catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
        {
            outcome = Outcomes.GivenBack;
            LogGivenBack(run.RunId);
            throw new GiveBackException();
        }
        catch (Exception e)
        {
            // whatever it was, whoever waits is told an end, and the message does not go round
            LogRunFailed(run.RunId, e);
            outcome = Outcomes.Failed;
            keep = true;
            TellFailure(run, request);
        }
        finally
        {
            table.End(run, keep && outcome != Outcomes.TakenOver, hasEnded: Outcomes.IsEnd(outcome));
            turns.Signal(run.Thread);
            metrics.Ended(started, outcome);
        }

        if (elsewhere is not null)
        {
            // not as a run in hand any more: its own request may come to this worker meanwhile
            await known.ForwardAsync(request, elsewhere, shutdown);
            return;
        }

        if (outcome == Outcomes.TakenOver)
        {
            LogTakenOver(run.RunId, run.Log!.Attempt);
            await handover.LetGoAsync(run.RunId, run.Log.Attempt);
        }

        // that of a run which was taken over has no end
        if (run.Log is { IsCompleted: true } log)
        {
            await closer.WaitUntilToldAsync(log);
        }

        if (outcome == Outcomes.Poisoned)
        {
            throw new RunPoisonedException(run.RunId);
        }
    }

    /// <summary>The thread is busy: the run begins for those who see it, and says nothing until its turn comes.</summary>
    private async Task<string> RunInTurnAsync(ActiveRun run, StartRun request, RunClaimRequest claimRequest, RunClaim waiting)
    {
        opener.OpenOnce(run, request, waiting.Attempt);
        try
        {
            var claim = await turns.WaitAsync(run, claimRequest, waiting);
            switch (claim.Status)
            {
                case RunClaimStatus.Claimed:
                    return await RunClaimedAsync(run, request, claim);
                case RunClaimStatus.Cancelled:
                    return await EndCancelledAsync(run, request, claim);
                default:
                    return Outcomes.TakenOver;
            }
        }
        catch (OperationCanceledException) when (run.StopReason == StopReason.Cancelled)
        {
            return await EndCancelledAsync(run, request, waiting);
        }
        catch (OperationCanceledException) when (run.StopReason == StopReason.Shutdown)
        {
            await handover.LetGoAsync(request.RunId, waiting.Attempt);
            throw;
        }
        catch (TurnException e)
        {
            var end = RunEnd.Failed(e.IsConflict ? RunErrorCodes.Conflict : RunErrorCodes.Unavailable, e.Message);
            return await closer.EndAsync(run, request, waiting, end, []);
        }
    }

    private async Task<string> RunClaimedAsync(ActiveRun run, StartRun request, RunClaim claim)
    {
        var resume = await agents.LoadResumeAsync(claim, request.RunId);
        var input = NewMessages(request, threadIsNew: claim is { History.Count: 0, Summary: null });
        if (claim.LostWorkers >= limits.Value.LostWorkers)
        {
            LogPoisoned(request.RunId, claim.LostWorkers);
            metrics.Poisoned();
            var outcome = await closer.EndAsync(run, request, claim, RunEnd.Poisoned, [.. input, .. resume.Messages(request.RunId)]);
            return outcome == Outcomes.TakenOver ? outcome : Outcomes.Poisoned;
        }

        var log = opener.OpenOnce(run, request, claim.Attempt);
        var transcript = new RunTranscript(request.RunId);
        input.ForEach(transcript.Add);
        var progress = new RunProgress(request.RunId, identity.WorkerId, claim.Attempt, transcript, () => run.Stop(StopReason.TakenOver));
        using var wallTime = new CancellationTokenSource(limits.Value.WallTime, time);
        using var timer = wallTime.Token.Register(() => run.Stop(StopReason.WallTime));

        RunEnd? end;
        using (checkpoints.Follow(progress))
        {
            try
            {
                end = await supervisor.RunAsync(
                    run,
                    () => agents.RunAsync(run, request, claim, memory.Show(claim, input), transcript, progress, resume),
                    RunEnd.TookLongerThan(limits.Value.WallTime));
            }
            catch (OperationCanceledException e) when (run.StopReason == StopReason.Shutdown)
            {
                if (e is not RunAbandonedException)
                {
                    await handover.LetGoAsync(progress);
                }

                throw;
            }
        }

        if (end is null)
        {
            return Outcomes.TakenOver;
        }

        var completion = closer.NewCompletion(request, claim.Attempt, end, transcript.Messages()) with
        {
            HasCheckpoint = progress.HasTexts || claim.Attempt > 1,
            Agent = transcript.Agent,
            Context = transcript.Context,
        };
        switch (await closer.CompleteAsync(completion))
        {
            case true:
                end.AppendTo(log, request.ThreadId, transcript.Result);
                memory.Grew(run.Thread, request.Model, claim, transcript);
                break;
            case false:
                return Outcomes.TakenOver;
            case null:
                end = RunEnd.NotSaved;
                unsaved.Add(completion with { Outcome = end.Outcome, ErrorCode = end.Code, ErrorMessage = end.Message });
                end.AppendTo(log, request.ThreadId);
                break;
        }

        return end.Name;
    }

    private Task<string> EndCancelledAsync(ActiveRun run, StartRun request, RunClaim claim) =>
        closer.EndAsync(run, request, claim, RunEnd.Cancelled, NewMessages(request, threadIsNew: claim is { History.Count: 0, Summary: null }));

    private void TellFailure(ActiveRun run, StartRun request)
    {
        var log = run.Log ?? opener.Open(run, request, attempt: 1);
        if (!log.IsCompleted)
        {
            RunEnd.Internal.AppendTo(log, request.ThreadId);
        }
    }

    /// <summary>What the request adds to the thread: all that came along when it is new, else the last message.</summary>
    private static List<StoredMessage> NewMessages(StartRun request, bool threadIsNew) => request.Messages
        .Select((m, i) => new StoredMessage { MessageId = m.Id ?? $"{request.RunId:N}-in-{i}", Role = m.Role, Content = m.Content, Images = Conversation.ToStored(m.Images), RunId = request.RunId })
        .Skip(threadIsNew ? 0 : request.Messages.Count - 1)
        .ToList();

    [LoggerMessage(2001, LogLevel.Error, "Run {RunId} failed.")]
    private partial void LogRunFailed(Guid runId, Exception exception);

    [LoggerMessage(2006, LogLevel.Information, "Run {RunId} is given back to the broker: this worker stops.")]
    private partial void LogGivenBack(Guid runId);

    [LoggerMessage(2007, LogLevel.Warning, "Run {RunId}, attempt {Attempt}, was taken over by another worker.")]
    private partial void LogTakenOver(Guid runId, int attempt);

    [LoggerMessage(2009, LogLevel.Error, "Run {RunId} is given up: {Workers} workers were lost with it. Its request goes to the error queue.")]
    private partial void LogPoisoned(Guid runId, int workers);
}
