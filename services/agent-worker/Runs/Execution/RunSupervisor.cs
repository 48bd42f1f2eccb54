using StreamChat.Hosting.Work;

namespace StreamChat.AgentWorker.Runs.Execution;

/// <summary>
/// Runs the agents on another thread than the one that took the run from the queue, and abandons them when they do not stop in time: a
/// model or a guardrail may compute without reaching an await. An abandoned run ends like any other run that was stopped, so the broker
/// does not deliver it again.
/// </summary>
internal sealed partial class RunSupervisor(AbandonedWork abandoned, RunMetrics metrics, ILogger<RunSupervisor> logger)
{
    /// <summary>The kind of this work, in metrics.</summary>
    public const string Kind = "run";

    /// <param name="run">The run.</param>
    /// <param name="answer">Runs the agents. Stops when the run is to stop, as far as it can.</param>
    /// <param name="wallTime">The end of a run that reached its wall time.</param>
    /// <returns>How it ended; null when another worker decides that.</returns>
    /// <exception cref="OperationCanceledException">This worker stops.</exception>
    /// <exception cref="RunAbandonedException">This worker stops and the run did not.</exception>
    public async Task<RunEnd?> RunAsync(ActiveRun run, Func<Task<RunEnd?>> answer, RunEnd wallTime)
    {
        if (abandoned.IsFull)
        {
            return RunEnd.Overloaded;
        }

        var work = Task.Run(answer);
        await Task.WhenAny(work, run.StopRequested);
        if (await abandoned.StopsAsync(work))
        {
            return await work;
        }

        var reason = run.StopReason;
        abandoned.Abandon(Kind, work);
        metrics.Abandoned(reason);
        LogAbandoned(run.RunId, reason, abandoned.Count);
        return reason switch
        {
            StopReason.Cancelled => RunEnd.Cancelled,
            StopReason.WallTime => wallTime,
            StopReason.Shutdown => throw new RunAbandonedException(),
            _ => null,
        };
    }

    [LoggerMessage(2950, LogLevel.Warning, "Run {RunId} did not stop ({Reason}) and was abandoned. {Abandoned} abandoned computations still run in this process.")]
    private partial void LogAbandoned(Guid runId, StopReason reason, int abandoned);
}

/// <summary>This worker shuts down and the run does not stop. Unlike a run that is handed over, it counts this worker as lost.</summary>
internal sealed class RunAbandonedException() : OperationCanceledException("The run did not stop.");
