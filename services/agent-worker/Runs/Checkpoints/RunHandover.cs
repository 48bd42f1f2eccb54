using StreamChat.AgentWorker.Storage;
using StreamChat.Storage;

namespace StreamChat.AgentWorker.Runs.Checkpoints;

/// <summary>
/// What a living worker says of a run that goes to another one. Without it the run counts this worker as lost with it, and is given up
/// when too many were. Done as far as it can be in a moment.
/// </summary>
internal sealed partial class RunHandover(ICheckpointStore store, WorkerIdentity identity, TimeProvider time, ILogger<RunHandover> logger)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <summary>It goes on elsewhere from where it is here, which is written down.</summary>
    public Task LetGoAsync(RunProgress run) => TryAsync(
        run.RunId,
        async token =>
        {
            if (run.Take(out _) is { } checkpoint)
            {
                await store.SaveAsync([checkpoint], token);
            }

            await store.LetGoAsync(run.RunId, run.WorkerId, run.Attempt, token);
        });

    /// <summary>It has not begun to answer here, or another worker has taken it over.</summary>
    public Task LetGoAsync(Guid runId, int attempt) => TryAsync(runId, token => store.LetGoAsync(runId, identity.WorkerId, attempt, token));

    private async Task TryAsync(Guid runId, Func<CancellationToken, Task> say)
    {
        using var deadline = new CancellationTokenSource(Timeout, time);
        try
        {
            await say(deadline.Token);
        }
        catch (Exception e) when (e is StoreUnavailableException or OperationCanceledException)
        {
            LogNotSaid(runId, e);
        }
    }

    [LoggerMessage(2852, LogLevel.Warning, "Run {RunId} goes to another worker, and that this one is not lost with it could not be written down.")]
    private partial void LogNotSaid(Guid runId, Exception exception);
}
