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

    /// <summary>This worker stops: writes down where the run is.</summary>
    public Task GiveBackAsync(RunProgress run) => TryAsync(
        run.RunId,
        async token =>
        {
            if (run.Take(out _) is { } checkpoint)
            {
                await store.SaveAsync([checkpoint], token);
            }

            await store.GiveBackAsync(run.RunId, run.WorkerId, run.Attempt, token);
        });

    /// <summary>This worker stops, and the run had not begun to answer.</summary>
    public Task GiveBackAsync(Guid runId, int attempt) => TryAsync(runId, token => store.GiveBackAsync(runId, identity.WorkerId, attempt, token));

    /// <summary>Another worker has taken the run over: the broker gave it the request when its connection to this one broke.</summary>
    public Task NotLostAsync(Guid runId, int attempt) => TryAsync(runId, token => store.NotLostAsync(runId, attempt, token));

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
