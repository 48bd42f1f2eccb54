using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Memory;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Runs;
using StreamChat.Storage;

namespace StreamChat.AgentWorker.Runs.Execution;

/// <summary>Asks the store for a run, so that nobody else has it.</summary>
internal sealed partial class RunClaimer(
    IConversationStore store, ThreadMemory memory, WorkerIdentity identity, IOptions<RunOptions> limits, IOptions<ThreadOptions> threads, IOptions<StoredOptions> stored, TimeProvider time, ILogger<RunClaimer> logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    public RunClaimRequest NewClaim(StartRun request, bool redelivered) => new()
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
        MaxThreads = stored.Value.Threads,
        MaxBytes = stored.Value.Bytes,

        // a room has one thread, which nobody can delete
        MaxThreadBytes = request.RoomId is null ? stored.Value.ThreadBytes : stored.Value.Bytes,
        Lease = limits.Value.Lease,
    };

    /// <summary>
    /// Asks once, and, for a run that may have begun to answer elsewhere, until the store can be reached: its end is not to be told by
    /// who does not know it.
    /// </summary>
    /// <returns>Null when the store could not be reached.</returns>
    public async Task<RunClaim?> ClaimAsync(RunClaimRequest request, CancellationToken cancellationToken)
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
                LogNotClaimed(request.RunId, e);
                if (!request.TakeOver || time.GetElapsedTime(started) > limits.Value.WallTime)
                {
                    return null;
                }
            }

            await Task.Delay(RetryDelay, time, cancellationToken);
        }
    }

    [LoggerMessage(2003, LogLevel.Warning, "Run {RunId} could not be claimed: the store is unavailable.")]
    private partial void LogNotClaimed(Guid runId, Exception exception);
}
