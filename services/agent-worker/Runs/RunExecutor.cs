using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Agents;
using StreamChat.AgentWorker.Agents.Journal;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.AgentWorker.Memory;
using StreamChat.AgentWorker.Models;
using StreamChat.AgentWorker.Runs.Checkpoints;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus;
using StreamChat.Storage;

namespace StreamChat.AgentWorker.Runs;

/// <summary>Worker after worker was lost with a run. It has ended as failed; thrown so that the bus keeps its request in the error queue.</summary>
internal sealed class RunPoisonedException(Guid runId) : Exception($"Run {runId} was given up, since worker after worker was lost with it.");

/// <summary>
/// One run from its request to its end. The order matters: registered before anything is awaited, so that a cancel finds it;
/// claimed in the store before the model is asked, so that nobody else runs it; written to the store before its end is told, so
/// that the end can be had later; and told before the request is acknowledged, so that the death of this worker repeats it.
/// </summary>
internal sealed partial class RunExecutor(
    RunTable table, IConversationStore store, AgentLoop loop, ToolCatalog catalog, WorkerIdentity identity, InstanceSender sender, RunAttacher attacher, RunAnnouncer announcer,
    ThreadTurns turns, UnsavedEnds unsaved, ICheckpointStore checkpoints, CheckpointLoop checkpointing, ThreadMemory memory, IOptions<RunOptions> limits, IOptions<ThreadOptions> threads, IOptions<RunLogOptions> logLimits, RunMetrics metrics, TimeProvider time, ILogger<RunExecutor> logger)
{
    private const string Poisoned = "poisoned";
    private const string StoreAway = "Conversations cannot be loaded at the moment. Please try again.";

    private static readonly TimeSpan StoreRetryDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ClaimRetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>Runs it. Returns when the request may be acknowledged.</summary>
    /// <param name="request">The request.</param>
    /// <param name="redelivered">Whether the broker delivered it before.</param>
    /// <param name="shutdown">Fires when this worker goes down and gives back what it has in hand.</param>
    /// <exception cref="GiveBackException">Another worker is to take it.</exception>
    /// <exception cref="RunPoisonedException">It has ended as failed, and its request is to be kept for inspection.</exception>
    public async Task ExecuteAsync(StartRun request, bool redelivered, CancellationToken shutdown)
    {
        var run = new ActiveRun(request.RunId, request.UserId, request.ThreadId);
        if (!table.TryAdd(run, out var known))
        {
            run.Dispose();
            await JoinAsync(known, request, redelivered, shutdown);
            return;
        }

        var started = time.GetTimestamp();
        var outcome = "not_run";
        var keep = false;
        metrics.Started();
        using var stopping = shutdown.Register(() => run.Stop(StopReason.Shutdown));
        try
        {
            // not by the run's own token: a cancel that comes now is to end a run that is ours
            var claimRequest = NewClaim(request, redelivered);
            var claim = await ClaimAsync(claimRequest, shutdown);
            (outcome, keep) = claim switch
            {
                { Status: RunClaimStatus.Waiting } => (await RunInTurnAsync(run, request, claimRequest, claim), true),
                { Status: RunClaimStatus.Refused } => (Refuse(run, request, claim.Record!.ErrorCode!, claim.Record.ErrorMessage!), true),
                { Status: RunClaimStatus.Claimed } => (await RunClaimedAsync(run, request, claim), true),
                { Status: RunClaimStatus.Cancelled } => (await EndCancelledAsync(run, request, claim), true),
                { Status: RunClaimStatus.Active } => (await ForwardAsync(request, claim.Record!), false),
                { Status: RunClaimStatus.Ended } => (await TellEndAsync(run, request, claim.Record!), false),
                { Status: RunClaimStatus.Forbidden } => (Refuse(run, request, RunErrorCodes.Forbidden, "This conversation belongs to somebody else."), false),
                _ => (RefuseUnclaimed(run, request, claimRequest), true),
            };
        }
        catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
        {
            outcome = "given_back";
            LogGivenBack(run.RunId);
            throw new GiveBackException();
        }
        catch (Exception e)
        {
            // whatever it was, whoever waits is told an end, and the message does not go round
            LogRunFailed(run.RunId, e);
            outcome = "failed";
            keep = true;
            TellFailure(run, request);
        }
        finally
        {
            table.End(run, keep && outcome != "taken_over");
            turns.Signal(run.ThreadId);
            metrics.Ended(started, outcome);
        }

        // that of a run which was taken over has no end
        if (run.Log is { IsCompleted: true } log)
        {
            await WaitUntilToldAsync(log);
        }

        if (outcome == Poisoned)
        {
            throw new RunPoisonedException(run.RunId);
        }
    }

    private RunClaimRequest NewClaim(StartRun request, bool redelivered) => new()
    {
        RunId = request.RunId,
        ThreadId = request.ThreadId,
        UserId = request.UserId,
        RoomId = request.RoomId,
        WorkerId = identity.WorkerId,
        TakeOver = redelivered,
        HistoryLimit = limits.Value.HistoryMessages,
        HistoryChars = TokenEstimate.MostChars(limits.Value.HistoryTokens),
        Summarised = memory.Summarises,
        WhenBusy = request.WhenBusy,
        DefaultWhenBusy = threads.Value.WhenBusy,
        MaxWaiting = threads.Value.Waiting,
        Lease = limits.Value.Lease,
    };

    /// <summary>
    /// Asks the store once, and, for a run that may have begun to answer elsewhere, until it can be reached: its end is not to be told by
    /// who does not know it.
    /// </summary>
    private async Task<RunClaim?> ClaimAsync(RunClaimRequest request, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await store.BeginRunAsync(request, cancellationToken);
            }
            catch (StoreUnavailableException e)
            {
                LogStoreUnavailable(request.RunId, e);
                if (!request.TakeOver || time.GetElapsedTime(started) > limits.Value.WallTime)
                {
                    return null;
                }
            }

            await Task.Delay(ClaimRetryDelay, time, cancellationToken);
        }
    }

    /// <summary>The thread is busy: the run begins for those who see it, and says nothing until its turn comes.</summary>
    private async Task<string> RunInTurnAsync(ActiveRun run, StartRun request, RunClaimRequest claimRequest, RunClaim waiting)
    {
        Begin(run, request, waiting.Attempt);
        Announce(request, waiting.Attempt);
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
                    LogTakenOver(request.RunId, waiting.Attempt);
                    return "taken_over";
            }
        }
        catch (OperationCanceledException) when (run.StopReason == StopReason.Cancelled)
        {
            return await EndCancelledAsync(run, request, waiting);
        }
        catch (TurnException e)
        {
            var end = new RunEnd(RunOutcome.Failed, e.IsConflict ? RunErrorCodes.Conflict : RunErrorCodes.Unavailable, e.Message);
            return await EndAsync(run, request, waiting, end, []);
        }
    }

    private async Task<string> RunClaimedAsync(ActiveRun run, StartRun request, RunClaim claim)
    {
        var resume = await LoadResumeAsync(claim, request.RunId);
        var input = NewMessages(request, threadIsNew: claim is { History.Count: 0, Summary: null });
        if (claim.LostWorkers >= limits.Value.LostWorkers)
        {
            LogPoisoned(request.RunId, claim.LostWorkers);
            metrics.Poisoned();
            await EndAsync(run, request, claim, RunEnd.Poisoned, [.. input, .. resume.Messages(request.RunId)]);
            return Poisoned;
        }

        var log = BeginOnce(run, request, claim.Attempt);
        var transcript = new RunTranscript(request.RunId);
        input.ForEach(transcript.Add);
        var progress = new RunProgress(request.RunId, identity.WorkerId, claim.Attempt, transcript, () => run.Stop(StopReason.TakenOver));
        using var wallTime = new CancellationTokenSource(limits.Value.WallTime, time);
        using var timer = wallTime.Token.Register(() => run.Stop(StopReason.WallTime));

        RunEnd? end;
        using (checkpointing.Follow(progress))
        {
            try
            {
                end = await RunLoopAsync(run, request, claim, memory.Show(claim, input), transcript, progress, resume);
            }
            catch (OperationCanceledException) when (run.StopReason == StopReason.Shutdown)
            {
                await checkpointing.GiveBackAsync(progress);
                throw;
            }
        }

        if (end is null)
        {
            LogTakenOver(request.RunId, claim.Attempt);
            return "taken_over";
        }

        var completion = NewCompletion(request, claim.Attempt, end, transcript.Messages()) with
        {
            HasCheckpoint = progress.HasTexts || claim.Attempt > 1,
            Agent = transcript.Agent,
            Context = transcript.Context,
        };
        switch (await CompleteAsync(completion))
        {
            case true:
                Append(log, request, end, transcript.Result);
                memory.Grew(request.ThreadId, request.Model, claim, transcript);
                break;
            case false:
                LogTakenOver(request.RunId, claim.Attempt);
                return "taken_over";
            case null:
                end = RunEnd.NotSaved;
                unsaved.Add(completion with { Outcome = end.Outcome, ErrorCode = end.Code, ErrorMessage = end.Message });
                Append(log, request, end);
                break;
        }

        return Name(end.Outcome);
    }

    /// <summary>Where an earlier attempt had come to. Without the store it begins anew, which is right as well.</summary>
    private async Task<RunResumption> LoadResumeAsync(RunClaim claim, Guid runId)
    {
        if (claim.Attempt == 1)
        {
            return RunResumption.None;
        }

        try
        {
            var resume = RunResumption.Of(claim.Journal, await checkpoints.LoadTextsAsync(runId, CancellationToken.None));
            metrics.TookOver(resume.From);
            return resume;
        }
        catch (StoreUnavailableException e)
        {
            LogStoreUnavailable(runId, e);
            return RunResumption.Of(claim.Journal, []);
        }
    }

    /// <returns>How it ended; null when that is another worker's to say.</returns>
    private async Task<RunEnd?> RunLoopAsync(
        ActiveRun run, StartRun request, RunClaim claim, IReadOnlyList<StoredMessage> messages, RunTranscript transcript, RunProgress progress, RunResumption resume)
    {
        try
        {
            transcript.Context = resume.Journal?.Context;
            var task = new AgentTask
            {
                RunId = request.RunId,
                ThreadId = request.ThreadId,
                UserId = request.UserId,
                Messages = messages,
                Agent = request.Agent,
                ThreadAgent = claim.Agent,
                Personality = request.Personality,
                UseTools = request.UseTools,
                Context = request.Context,
                State = resume.Journal is null ? request.State : null,
                ThreadContext = resume.Journal?.Context ?? claim.Context,
                ClientTools = request.Tools ?? [],
                ClientAnswers = run.ClientAnswers,
                Model = request.Model,
                Journal = new RunJournal(catalog, progress, (text, token) => store.SaveJournalAsync(request.RunId, identity.WorkerId, claim.Attempt, text, token)),
                ResumeFrom = resume.Journal,
                SaidThen = resume.Said,
            };
            await loop.RunAsync(task, new RunWriter(run.Log!, transcript, run.Stopping), transcript, run.Stopping);
            return new RunEnd(RunOutcome.Finished, null, null);
        }
        catch (OperationCanceledException) when (run.StopReason == StopReason.Cancelled)
        {
            return RunEnd.Cancelled;
        }
        catch (OperationCanceledException) when (run.StopReason == StopReason.WallTime)
        {
            return new RunEnd(RunOutcome.Failed, RunErrorCodes.LimitReached, $"The answer took longer than {limits.Value.WallTime.TotalSeconds:0} s and was stopped.");
        }
        catch (OperationCanceledException) when (run.StopReason == StopReason.Shutdown)
        {
            throw;
        }
        catch (Exception e) when (e is RunTakenOverException || (e is OperationCanceledException && run.StopReason == StopReason.TakenOver))
        {
            return null;
        }
        catch (StoreUnavailableException e)
        {
            LogStoreUnavailable(request.RunId, e);
            return new RunEnd(RunOutcome.Failed, RunErrorCodes.Unavailable, "The conversation could not be saved, and so the tools were not called. Please try again.");
        }
        catch (RunLimitException e)
        {
            return new RunEnd(RunOutcome.Failed, RunErrorCodes.LimitReached, e.Message);
        }
        catch (Exception e) when (e is UnknownAgentException or UnknownModelException)
        {
            return new RunEnd(RunOutcome.Failed, RunErrorCodes.NotFound, e.Message);
        }
        catch (ModelException e)
        {
            LogModelFailed(request.RunId, e.Code, e.InnerException?.GetType());
            return new RunEnd(RunOutcome.Failed, e.Code, e.Message);
        }
        catch (Exception e)
        {
            LogRunFailed(request.RunId, e);
            return RunEnd.Internal;
        }
    }

    private Task<string> EndCancelledAsync(ActiveRun run, StartRun request, RunClaim claim) =>
        EndAsync(run, request, claim, RunEnd.Cancelled, NewMessages(request, threadIsNew: claim is { History.Count: 0, Summary: null }));

    /// <summary>Ends a run that the model was not asked in.</summary>
    private async Task<string> EndAsync(ActiveRun run, StartRun request, RunClaim claim, RunEnd end, IReadOnlyList<StoredMessage> messages)
    {
        var log = BeginOnce(run, request, claim.Attempt);
        var completion = NewCompletion(request, claim.Attempt, end, messages);
        switch (await CompleteAsync(completion))
        {
            case false:
                return "taken_over";
            case null:
                unsaved.Add(completion);
                break;
        }

        Append(log, request, end);
        return Name(end.Outcome);
    }

    private RunCompletion NewCompletion(StartRun request, int attempt, RunEnd end, IReadOnlyList<StoredMessage> messages) => new()
    {
        RunId = request.RunId,
        ThreadId = request.ThreadId,
        WorkerId = identity.WorkerId,
        Attempt = attempt,
        Outcome = end.Outcome,
        ErrorCode = end.Code,
        ErrorMessage = end.Message,
        HasCheckpoint = attempt > 1,
        Messages = messages,
    };

    /// <summary>The same run id was sent twice: the second request sees the first one's run.</summary>
    private async Task JoinAsync(ActiveRun known, StartRun request, bool redelivered, CancellationToken shutdown)
    {
        try
        {
            await attacher.AttachAsync(Attach(request, known.Log?.Attempt ?? 1), shutdown);
            if (redelivered)
            {
                // our own request, given to us again because the connection to the broker broke: it guards the run until it ends
                await known.Ended.WaitAsync(shutdown);
            }
        }
        catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
        {
            throw new GiveBackException();
        }
    }

    private async Task<string> ForwardAsync(StartRun request, RunRecord record)
    {
        try
        {
            await sender.SendAsync(
                BusNames.Instance(BusNames.AgentWorker, record.WorkerId),
                Attach(request, record.Attempt),
                CancellationToken.None);
        }
        catch (Exception e) when (e is InstanceGoneException or TimeoutException)
        {
            LogForwardFailed(request.RunId, record.WorkerId, e);
        }

        return "forwarded";
    }

    private static AttachRun Attach(StartRun request, int attempt) => new()
    {
        RunId = request.RunId,
        UserId = request.UserId,
        GatewayId = request.GatewayId,
        ConnectionId = request.ConnectionId,
        Attempt = attempt,
        AfterSeq = 0,
    };

    /// <summary>It ended before and its log is not here: what it added to the thread stands in for the replay.</summary>
    private async Task<string> TellEndAsync(ActiveRun run, StartRun request, RunRecord record)
    {
        IReadOnlyList<StoredMessage> said;
        try
        {
            said = await store.LoadRunAsync(request.RunId, request.UserId, threadId: null, CancellationToken.None);
        }
        catch (StoreUnavailableException e)
        {
            LogStoreUnavailable(request.RunId, e);
            return RefuseUnavailable(run, request);
        }

        var log = EndedRun.Log(record, record.Attempt, said, Activity.Current?.TraceId.ToHexString());
        run.Log = log;
        table.Attach(log, request.GatewayId, 0);
        return "told_end";
    }

    /// <summary>It ends before the store knows of it, which is told when it can be: who asks for the run later is to hear the same.</summary>
    private string RefuseUnclaimed(ActiveRun run, StartRun request, RunClaimRequest claim)
    {
        unsaved.Add(
            NewCompletion(request, attempt: 1, new RunEnd(RunOutcome.Failed, RunErrorCodes.Unavailable, StoreAway), []),
            claim with { WhenBusy = ThreadPolicy.Enqueue, MaxWaiting = int.MaxValue });
        return RefuseUnavailable(run, request);
    }

    private string RefuseUnavailable(ActiveRun run, StartRun request) =>
        Refuse(run, request, RunErrorCodes.Unavailable, StoreAway);

    private void TellFailure(ActiveRun run, StartRun request)
    {
        var log = run.Log ?? Begin(run, request, attempt: 1);
        if (!log.IsCompleted)
        {
            Append(log, request, RunEnd.Internal);
        }
    }

    private string Refuse(ActiveRun run, StartRun request, string code, string message)
    {
        var log = Begin(run, request, attempt: 1);
        Append(log, request, new RunEnd(RunOutcome.Failed, code, message));
        return "refused";
    }

    /// <summary>Begins for those who see it, unless it has begun when it had to wait.</summary>
    private RunLog BeginOnce(ActiveRun run, StartRun request, int attempt)
    {
        if (run.Log is { } begun)
        {
            return begun;
        }

        var log = Begin(run, request, attempt);
        Announce(request, attempt);
        return log;
    }

    private RunLog Begin(ActiveRun run, StartRun request, int attempt)
    {
        var log = new RunLog(request.RunId, attempt, logLimits.Value.MaxChars, limits.Value.MaxUnreadChars);
        run.Log = log;
        log.Append(seq => new RunStarted
        {
            Seq = seq,
            ThreadId = request.ThreadId,
            TraceId = Activity.Current?.TraceId.ToHexString(),
            KeepMessages = attempt > 1 ? 0 : null,
        });
        table.Attach(log, request.GatewayId, 0);
        return log;
    }

    private void Announce(StartRun request, int attempt) => announcer.Announce(new RunAnnounced
    {
        RunId = request.RunId,
        Attempt = attempt,
        ThreadId = request.ThreadId,
        UserId = request.UserId,
        RoomId = request.RoomId,
        GatewayId = request.GatewayId,
        WorkerId = identity.WorkerId,
    });

    private static void Append(RunLog log, StartRun request, RunEnd end, JsonElement? result = null) => log.Append(
        seq => end.Outcome == RunOutcome.Finished
            ? new RunFinished { Seq = seq, ThreadId = request.ThreadId, Result = result }
            : new RunError { Seq = seq, Code = end.Code ?? RunErrorCodes.Internal, Message = end.Message ?? "The run failed." },
        last: true);

    private static string Name(RunOutcome outcome) => outcome switch
    {
        RunOutcome.Finished => "finished",
        RunOutcome.Cancelled => "cancelled",
        _ => "failed",
    };

    /// <returns>Null when the store could not be reached in time.</returns>
    private async Task<bool?> CompleteAsync(RunCompletion completion)
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
                    LogEndNotStored(completion.RunId, e);
                    return null;
                }
            }

            await Task.Delay(StoreRetryDelay, time);
        }
    }

    /// <summary>Whether the try before was done all the same, and only its answer was lost.</summary>
    private async Task<bool> IsWrittenAsync(RunCompletion completion) =>
        await store.FindRunAsync(completion.RunId, userId: "", completion.ThreadId, CancellationToken.None) is { Outcome: { } outcome } record
            && outcome == completion.Outcome && record.WorkerId == completion.WorkerId && record.Attempt == completion.Attempt;

    private async Task WaitUntilToldAsync(RunLog log)
    {
        using var deadline = new CancellationTokenSource(limits.Value.EndTimeout, time);
        try
        {
            await log.WaitUntilSentAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            // the lane goes on trying; the log is kept for those who attach
            LogEndNotTold(log.RunId, limits.Value.EndTimeout);
        }
    }

    /// <summary>What the request adds to the thread: all that came along when it is new, else the last message.</summary>
    private static List<StoredMessage> NewMessages(StartRun request, bool threadIsNew) => request.Messages
        .Select((m, i) => new StoredMessage { MessageId = m.Id ?? $"{request.RunId:N}-in-{i}", Role = m.Role, Content = m.Content, Images = Conversation.ToStored(m.Images), RunId = request.RunId })
        .Skip(threadIsNew ? 0 : request.Messages.Count - 1)
        .ToList();

    private sealed record RunEnd(RunOutcome Outcome, string? Code, string? Message)
    {
        public static readonly RunEnd Internal = new(RunOutcome.Failed, RunErrorCodes.Internal, "Something went wrong on our side. Please try again.");

        public static readonly RunEnd NotSaved = new(RunOutcome.Failed, RunErrorCodes.Unavailable, "The answer could not be saved. Please try again.");

        public static readonly RunEnd Poisoned = new(RunOutcome.Failed, RunErrorCodes.Internal, "The answer broke off again and again, through a fault of ours, and is given up.");

        public static readonly RunEnd Cancelled = new(RunOutcome.Cancelled, RunErrorCodes.Cancelled, "The run was cancelled.");
    }

    [LoggerMessage(2001, LogLevel.Error, "Run {RunId} failed.")]
    private partial void LogRunFailed(Guid runId, Exception exception);

    [LoggerMessage(2002, LogLevel.Warning, "The model failed in run {RunId}: {Code}, {ExceptionType}.")]
    private partial void LogModelFailed(Guid runId, string code, Type? exceptionType);

    [LoggerMessage(2003, LogLevel.Warning, "Run {RunId} is refused: the store is unavailable.")]
    private partial void LogStoreUnavailable(Guid runId, Exception exception);

    [LoggerMessage(2004, LogLevel.Error, "The end of run {RunId} could not be stored.")]
    private partial void LogEndNotStored(Guid runId, Exception exception);

    [LoggerMessage(2005, LogLevel.Warning, "The end of run {RunId} could not be told within {Timeout}.")]
    private partial void LogEndNotTold(Guid runId, TimeSpan timeout);

    [LoggerMessage(2006, LogLevel.Information, "Run {RunId} is given back to the broker: this worker stops.")]
    private partial void LogGivenBack(Guid runId);

    [LoggerMessage(2007, LogLevel.Warning, "Run {RunId}, attempt {Attempt}, was taken over by another worker.")]
    private partial void LogTakenOver(Guid runId, int attempt);

    [LoggerMessage(2009, LogLevel.Error, "Run {RunId} is given up: {Workers} workers were lost with it. Its request goes to the error queue.")]
    private partial void LogPoisoned(Guid runId, int workers);

    [LoggerMessage(2008, LogLevel.Warning, "Run {RunId} was asked for twice and worker {WorkerId}, which has it, could not be told.")]
    private partial void LogForwardFailed(Guid runId, string workerId, Exception exception);
}
