using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Agents;
using StreamChat.AgentWorker.Agents.Journal;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.AgentWorker.Models;
using StreamChat.AgentWorker.Runs.Checkpoints;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Work;
using StreamChat.Storage;

namespace StreamChat.AgentWorker.Runs.Execution;

/// <summary>Has the agents answer in a run that is claimed, and says in the terms of the run how that ended.</summary>
internal sealed partial class AgentRunner(
    AgentLoop loop, ToolCatalog catalog, IConversationStore store, ICheckpointStore checkpoints, IOptions<RunOptions> limits, RunMetrics metrics, AbandonedWork abandoned,
    ILogger<AgentRunner> logger)
{
    /// <summary>Where an earlier attempt had come to. Without the store it begins anew, which is right as well.</summary>
    public async Task<RunResumption> LoadResumeAsync(RunClaim claim, Guid runId)
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
            LogNotLoaded(runId, e);
            return RunResumption.Of(claim.Journal, []);
        }
    }

    /// <returns>How it ended; null when that is another worker's to say.</returns>
    /// <exception cref="OperationCanceledException">This worker stops.</exception>
    public async Task<RunEnd?> RunAsync(
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
                Journal = new RunJournal(catalog, progress, (text, token) => store.SaveJournalAsync(request.RunId, progress.WorkerId, progress.Attempt, text, token)),
                ResumeFrom = resume.Journal,
                SaidThen = resume.Said,
            };
            await loop.RunAsync(task, new RunWriter(run.Log!, transcript, run.Stopping), transcript, run.Stopping);
            return RunEnd.Finished;
        }
        catch (OperationCanceledException) when (run.StopReason == StopReason.Cancelled)
        {
            return RunEnd.Cancelled;
        }
        catch (OperationCanceledException) when (run.StopReason == StopReason.WallTime)
        {
            return RunEnd.TookLongerThan(limits.Value.WallTime);
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
            LogNotSaved(request.RunId, e);
            return RunEnd.Failed(RunErrorCodes.Unavailable, "The conversation could not be saved, and so the tools were not called. Please try again.");
        }
        catch (RunLimitException e)
        {
            return RunEnd.Failed(RunErrorCodes.LimitReached, e.Message);
        }
        catch (Exception e) when (e is UnknownAgentException or UnknownModelException)
        {
            return RunEnd.Failed(RunErrorCodes.NotFound, e.Message);
        }
        catch (ModelException e)
        {
            abandoned.CountTimeout(RunSupervisor.Kind, e);
            LogModelFailed(request.RunId, e.Code, e.InnerException?.GetType());
            return RunEnd.Failed(e.Code, e.Message);
        }
        catch (Exception e)
        {
            abandoned.CountTimeout(RunSupervisor.Kind, e);
            LogFailed(request.RunId, e);
            return RunEnd.Internal;
        }
    }

    [LoggerMessage(2011, LogLevel.Error, "The agents failed in run {RunId}.")]
    private partial void LogFailed(Guid runId, Exception exception);

    [LoggerMessage(2002, LogLevel.Warning, "The model failed in run {RunId}: {Code}, {ExceptionType}.")]
    private partial void LogModelFailed(Guid runId, string code, Type? exceptionType);

    [LoggerMessage(2012, LogLevel.Warning, "What run {RunId} had said could not be loaded: the store is unavailable. It is said anew.")]
    private partial void LogNotLoaded(Guid runId, Exception exception);

    [LoggerMessage(2013, LogLevel.Warning, "Run {RunId} calls no tools: the store is unavailable.")]
    private partial void LogNotSaved(Guid runId, Exception exception);
}
