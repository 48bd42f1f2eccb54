using System.Collections.Concurrent;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Time;
using StreamChat.Storage;
using StreamChat.Storage.Providers;

namespace StreamChat.ToolWorker.Tools.Ledger;

/// <summary>
/// Runs calls of tools that are not safe to repeat, each at most once however often it is delivered: 1. the call is recorded as begun,
/// 2. its effect is made, 3. what it came to is recorded. A call that is found completed is answered with what it came to. One that is
/// in hand elsewhere is waited for. One whose process fell silent between 1 and 3 is not run again, since nobody knows how far it
/// came: its answer says so. For a tool that writes to our own database only, all three are one transaction, so that it is run
/// exactly once.
/// </summary>
internal sealed partial class CallLedger(
    StoreDatabase database, SqlTransactions transactions, ToolWorkerIdentity identity, IOptions<LedgerOptions> options,
    ToolMetrics metrics, TimeProvider time, ILogger<CallLedger> logger)
{
    private const int RemovedAtOnce = 500;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly LedgerSql _sql = new(database);
    private readonly ConcurrentDictionary<CallKey, bool> _inHand = new();

    /// <summary>Whether this process works on any recorded call.</summary>
    public bool IsBusy => !_inHand.IsEmpty;

    /// <param name="tool">One that is not safe to repeat.</param>
    /// <param name="call">The call.</param>
    /// <param name="context">The same, as the tool sees it.</param>
    /// <param name="effect">Runs the tool.</param>
    /// <param name="cancellationToken">The call's deadline, or the end of this process.</param>
    /// <exception cref="ToolException">The tool's own, or the call's id is unusable.</exception>
    public async Task<ToolAnswer> RunAsync(
        Tool tool, CallTool call, ToolCallContext context, Func<CancellationToken, Task<ToolAnswer>> effect, CancellationToken cancellationToken)
    {
        var key = CallKey.Of(call);
        var work = new CallWork();
        try
        {
            return tool.InTransaction
                ? await StoreAsync(key, call, context, effect, work, cancellationToken)
                : await RunAsync(key, call, effect, work, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            LogNotRecorded(call.Name, call.RunId, e);
            return work.IsInDoubt
                ? ToolAnswer.Failed(ToolOutcomes.Unknown, "The database failed. It is not known whether this took effect.")
                : ToolAnswer.Failed(ToolOutcomes.Unavailable, "The database cannot be reached, so this was not done. Try again later.");
        }
    }

    /// <summary>Says of the calls in hand that this process is alive.</summary>
    public Task RenewAsync(CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var rows = _inHand.Keys.Select(k => new { k.RunId, k.ToolCallId, AliveUntil }).ToList();
                return (await transaction.Connection.ExecuteAsync(transaction.Command(_sql.Renew, rows, token)), true);
            },
            cancellationToken);

    /// <summary>Removes calls that were kept long enough.</summary>
    /// <returns>Whether there may be more.</returns>
    public Task<bool> CleanAsync(CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var old = new { Before = transactions.Now - (long)options.Value.KeepFor.TotalMilliseconds, Most = RemovedAtOnce };
                return (await transaction.Connection.ExecuteAsync(transaction.Command(_sql.RemoveOld, old, token)) == RemovedAtOnce, true);
            },
            cancellationToken);

    private long AliveUntil => transactions.Now + (long)options.Value.Lease.TotalMilliseconds;

    private Task<ToolAnswer> StoreAsync(
        CallKey key, CallTool call, ToolCallContext context, Func<CancellationToken, Task<ToolAnswer>> effect, CallWork work, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                if (!await BeginAsync(transaction, key, token))
                {
                    return (Found(call, key, await FindAsync(transaction, key, token)) ?? Unknown(call), false);
                }

                context.Transaction = transaction;
                var answer = await effect(token);
                if (answer.Error is not null)
                {
                    return (answer, false);
                }

                await CompleteAsync(transaction, key, answer, token);
                work.IsInDoubt = true;
                return (answer, true);
            },
            cancellationToken);

    private async Task<ToolAnswer> RunAsync(
        CallKey key, CallTool call, Func<CancellationToken, Task<ToolAnswer>> effect, CallWork work, CancellationToken cancellationToken)
    {
        var begun = await transactions.RunAsync(
            async (transaction, token) =>
            {
                var isOurs = await BeginAsync(transaction, key, token);
                return (isOurs, isOurs);
            },
            cancellationToken);
        if (!begun)
        {
            work.IsInDoubt = true;
            return await WaitAsync(key, call, cancellationToken);
        }

        // one that is left at its deadline, or by a process that stops, stays begun: nobody knows how far it comes
        _inHand[key] = true;
        try
        {
            var answer = await effect(cancellationToken);
            await CompleteAsync(key, call, answer, cancellationToken);
            return answer;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await CompleteAsync(key, call, ToolAnswer.Failed(ToolOutcomes.ToolError, e is ToolException ? e.Message : ToolAnswer.FailedText), cancellationToken);
            throw;
        }
        finally
        {
            _inHand.TryRemove(key, out _);
        }
    }

    /// <summary>Waits until whoever works on the call is done, or has been silent for too long.</summary>
    private async Task<ToolAnswer> WaitAsync(CallKey key, CallTool call, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause.DoubledUpTo(LongestPause))
        {
            var row = await transactions.RunAsync(async (transaction, token) => (await FindAsync(transaction, key, token), false), cancellationToken);
            if (Found(call, key, row) is { } answer)
            {
                return answer;
            }

            if (row is null || row.AliveUntil < transactions.Now)
            {
                return Unknown(call);
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <summary>What is known of a call that was begun before; null when it has not ended.</summary>
    private ToolAnswer? Found(CallTool call, CallKey key, LedgerRow? row)
    {
        if (row is not null && row.Fingerprint != key.Fingerprint)
        {
            return ToolAnswer.Failed(ToolOutcomes.Conflict, "The id of this call was used for another call before, so it was not run.");
        }

        if (row is not { Completed: true })
        {
            return null;
        }

        metrics.Repeated(call.Name, row.Error is null ? ToolOutcomes.Ok : ToolOutcomes.ToolError);
        return new ToolAnswer(row.Error is null ? ToolOutcomes.Ok : ToolOutcomes.ToolError, Json(row.Result), row.Error) { Patch = Json(row.Context) };
    }

    private ToolAnswer Unknown(CallTool call)
    {
        metrics.Repeated(call.Name, ToolOutcomes.Unknown);
        LogUnknown(call.Name, call.RunId);
        return ToolAnswer.Failed(
            ToolOutcomes.Unknown, "This was begun before and cut off. It is not known whether it took effect, so it was not repeated.");
    }

    private async Task<bool> BeginAsync(StoreTransaction transaction, CallKey key, CancellationToken token) =>
        await transaction.Connection.ExecuteAsync(transaction.Command(
            _sql.Begin,
            new { key.RunId, key.ToolCallId, key.Fingerprint, WorkerId = identity.ToolWorkerId, transactions.Now, AliveUntil },
            token)) == 1;

    private Task<LedgerRow?> FindAsync(StoreTransaction transaction, CallKey key, CancellationToken token) =>
        transaction.Connection.QuerySingleOrDefaultAsync<LedgerRow>(transaction.Command(_sql.Find, new { key.RunId, key.ToolCallId }, token));

    private Task<int> CompleteAsync(StoreTransaction transaction, CallKey key, ToolAnswer answer, CancellationToken token) =>
        transaction.Connection.ExecuteAsync(transaction.Command(
            _sql.Complete,
            new
            {
                key.RunId,
                key.ToolCallId,
                Result = answer.Result?.GetRawText(),
                Error = answer.Error is { } error ? StorableText.Clean(error) : null,
                Context = answer.Patch?.GetRawText(),
            },
            token));

    /// <summary>Records what a call came to. The effect is there: the answer is given, recorded or not.</summary>
    private async Task CompleteAsync(CallKey key, CallTool call, ToolAnswer answer, CancellationToken cancellationToken)
    {
        try
        {
            await transactions.RunAsync(
                async (transaction, token) => (await CompleteAsync(transaction, key, answer, token), true), CancellationToken.None).WaitAsync(cancellationToken);
        }
        catch (Exception e) when (e is StoreUnavailableException or OperationCanceledException)
        {
            LogNotCompleted(call.Name, call.RunId, e);
        }
    }

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);

    [LoggerMessage(3201, LogLevel.Warning, "A call of tool {Tool} for run {RunId} could not be recorded.")]
    private partial void LogNotRecorded(string tool, Guid runId, Exception exception);

    [LoggerMessage(3202, LogLevel.Warning, "What a call of tool {Tool} for run {RunId} came to could not be recorded; delivered again, it is not repeated.")]
    private partial void LogNotCompleted(string tool, Guid runId, Exception exception);

    [LoggerMessage(3203, LogLevel.Warning, "A call of tool {Tool} for run {RunId} was begun before and cut off; it is not repeated.")]
    private partial void LogUnknown(string tool, Guid runId);

    /// <summary>How far a call has come.</summary>
    private sealed class CallWork
    {
        /// <summary>All is written and only the commit is left, or somebody else has begun it.</summary>
        public bool IsInDoubt { get; set; }
    }
}
