using System.Diagnostics;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Time;
using StreamChat.Storage;

namespace StreamChat.AgentWorker.Runs.Execution;

/// <summary>A request for a run that there is already, here, elsewhere, or no more: who asks sees that one.</summary>
internal sealed partial class KnownRuns(
    IConversationStore store, RunTable table, RunAttacher attacher, InstanceSender sender, RunCloser closer, WorkerIdentity identity, TimeProvider time, ILogger<KnownRuns> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // longer than a broker takes to come back; a worker that is dead has lost its run to another one by then
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>It is in hand here.</summary>
    /// <returns>Whether the request is done with; else the run is in hand here no more, and nobody else has its request.</returns>
    /// <exception cref="GiveBackException">This worker stops.</exception>
    public async Task<bool> JoinAsync(ActiveRun known, StartRun request, bool redelivered, CancellationToken shutdown)
    {
        try
        {
            await attacher.AttachAsync(Attach(request, known.Log?.Attempt ?? 1), shutdown);

            // our own request, given to us again because the connection to the broker broke: it guards the run until it ends
            return !redelivered || await known.Ended.WaitAsync(shutdown);
        }
        catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
        {
            throw new GiveBackException();
        }
    }

    /// <summary>
    /// Another worker has it, and shows it to who asked. While that one cannot be reached, which it cannot for as long as its connection to the
    /// broker is broken, it is asked again with growing pauses, until it has answered, or the run has ended or come here.
    /// </summary>
    /// <exception cref="GiveBackException">This worker stops.</exception>
    public async Task ForwardAsync(StartRun request, RunRecord record, CancellationToken shutdown)
    {
        var started = time.GetTimestamp();
        var pause = FirstPause;
        try
        {
            while (!await TryForwardAsync(request, record))
            {
                if (time.GetElapsedTime(started) > Patience)
                {
                    TellNotShown(request);
                    return;
                }

                await Task.Delay(pause, time, shutdown);
                pause = pause.DoubledUpTo(LongestPause);
                record = await FindAsync(record, shutdown);
                if (record.Outcome is not null || record.WorkerId == identity.WorkerId)
                {
                    await attacher.AttachAsync(Attach(request, record.Attempt), shutdown);
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
        {
            throw new GiveBackException();
        }
    }

    /// <summary>It ended before and its log is not here: what it added to the thread stands in for the replay.</summary>
    /// <returns>The outcome, for metrics.</returns>
    public async Task<string> TellEndAsync(ActiveRun run, StartRun request, RunRecord record)
    {
        IReadOnlyList<StoredMessage> said;
        try
        {
            said = await store.LoadRunAsync(request.RunId, request.UserId, threadId: null, CancellationToken.None);
        }
        catch (StoreUnavailableException e)
        {
            LogNotLoaded(request.RunId, e);
            return closer.Refuse(run, request, RunEnd.StoreAway);
        }

        var log = EndedRun.Log(record, record.Attempt, said, Activity.Current?.TraceId.ToHexString());
        run.Log = log;
        table.Attach(log, request.GatewayId, 0);
        return Outcomes.ToldEnd;
    }

    private async Task<bool> TryForwardAsync(StartRun request, RunRecord record)
    {
        try
        {
            await sender.SendAsync(BusNames.Instance(BusNames.AgentWorker, record.WorkerId), Attach(request, record.Attempt), CancellationToken.None);
            return true;
        }
        catch (Exception e) when (e is InstanceGoneException or TimeoutException)
        {
            LogForwardFailed(request.RunId, record.WorkerId, e);
            return false;
        }
    }

    /// <returns>As it is now; as it was when the store cannot say.</returns>
    private async Task<RunRecord> FindAsync(RunRecord record, CancellationToken cancellationToken)
    {
        try
        {
            return await store.FindRunAsync(record.RunId, record.UserId, threadId: null, cancellationToken) ?? record;
        }
        catch (StoreUnavailableException)
        {
            return record;
        }
    }

    private void TellNotShown(StartRun request)
    {
        using var run = new ActiveRun(request);
        closer.Refuse(run, request, RunEnd.NotShown);
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

    [LoggerMessage(2008, LogLevel.Warning, "Run {RunId} was asked for twice and worker {WorkerId}, which has it, could not be told.")]
    private partial void LogForwardFailed(Guid runId, string workerId, Exception exception);

    [LoggerMessage(2010, LogLevel.Warning, "The end of run {RunId} could not be loaded: the store is unavailable.")]
    private partial void LogNotLoaded(Guid runId, Exception exception);
}
