using System.Text;
using Dapper;
using StreamChat.Contracts;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;
using StreamChat.Contracts.Threads;
using StreamChat.Storage;
using StreamChat.Storage.Providers;

namespace StreamChat.AgentWorker.Storage;

/// <summary>Conversations over SQL.</summary>
internal sealed class SqlConversationStore(StoreDatabase database, SqlTransactions transactions) : IConversationStore
{
    /// <summary>How long a cancel waits for its run. A request that is older is not taken from the queue any more.</summary>
    private static readonly TimeSpan CancelMarkLifetime = TimeSpan.FromDays(1);

    /// <summary>How many cancels of one user wait for their run; the oldest are forgotten first.</summary>
    private const int MostCancelMarks = 100;

    /// <summary>How many of the oldest threads of anonymous users go at once when they have reached their quota.</summary>
    private const int OldestRemoved = 20;

    /// <summary>How often a claim is tried when other owners make a thread of the same name at the same time, or room was made for it.</summary>
    private const int ClaimTries = 5;

    private readonly Sql _sql = new(database);
    private readonly CheckpointSql _checkpoints = new(database);
    private readonly ThreadSql _threads = new(database);

    public async Task<RunClaim> BeginRunAsync(RunClaimRequest request, CancellationToken cancellationToken)
    {
        for (var tried = 0; tried < ClaimTries; tried++)
        {
            var claim = await TryBeginRunAsync(request, cancellationToken);
            var isFull = claim is { Status: RunClaimStatus.OverQuota, Quota: not StoredQuota.ThreadBytes };
            if (claim is not null && !(isFull && tried < ClaimTries - 1 && await MadeRoomAsync(request.Thread.Owner, cancellationToken)))
            {
                return claim;
            }
        }

        throw new StoreUnavailableException($"The thread of run {request.RunId} could not be made in {ClaimTries} tries.");
    }

    public Task<RunClaim> TakeTurnAsync(RunClaimRequest request, int attempt, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                await using var results = await transaction.Connection.QueryMultipleAsync(
                    transaction.Command(_sql.TakeTurn, Parameters(request, attempt), token));
                var claimed = await results.ReadSingleOrDefaultAsync<ClaimRow>();
                var (read, commit) = await ReadClaimAsync(request, claimed, results);
                var claim = read ?? new RunClaim { Status = RunClaimStatus.Forbidden };
                var isOurs = claim.Record is { Outcome: null } record && record.WorkerId == request.WorkerId && record.Attempt == attempt;
                return claimed is null && isOurs ? (claim with { Status = RunClaimStatus.Waiting, Attempt = attempt }, false) : (claim, commit);
            },
            cancellationToken);

    public Task<bool> CompleteRunAsync(RunCompletion completion, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var now = transactions.Now;
                var end = new
                {
                    RunId = Text(completion.RunId),
                    completion.WorkerId,
                    completion.Attempt,
                    Outcome = completion.Outcome.ToString(),
                    completion.ErrorCode,
                    ErrorMessage = Clean(completion.ErrorMessage),
                    Now = now,
                };
                if (await transaction.Connection.QuerySingleOrDefaultAsync<string>(transaction.Command(_sql.EndRun, end, token)) is not { } key)
                {
                    return (false, false);
                }

                if (completion.HasCheckpoint)
                {
                    await transaction.Connection.ExecuteAsync(transaction.Command(_checkpoints.DeleteTexts, new { RunId = Text(completion.RunId) }, token));
                }

                var thread = new { Key = key, completion.Agent, Context = Clean(completion.Context), Now = now };
                await transaction.Connection.ExecuteAsync(transaction.Command(_sql.TouchThread, thread, token));
                long bytes = Sql.RowBytes;
                foreach (var message in completion.Messages)
                {
                    var row = new
                    {
                        Key = key,
                        MessageId = Clean(message.MessageId),
                        message.Role,
                        Content = Clean(message.Content),
                        ToolCalls = Clean(message.ToolCalls),
                        ToolCallId = Clean(message.ToolCallId),
                        RunId = message.RunId is { } runId ? Text(runId) : null,
                        message.Agent,
                        message.Partial,
                        message.Images,
                        Now = now,
                    };

                    // a message whose id is there already is not stored again
                    if (await transaction.Connection.ExecuteAsync(transaction.Command(_sql.AppendMessage, row, token)) > 0)
                    {
                        bytes += Sql.RowBytes + Utf8Bytes(row.Content) + Utf8Bytes(row.ToolCalls) + Utf8Bytes(row.Images);
                    }
                }

                // last: it locks the row of the owner, which the anonymous users share
                await CountAsync(transaction, key, bytes, token);
                return (true, true);
            },
            cancellationToken);

    public Task<bool> SaveJournalAsync(Guid runId, string workerId, int attempt, string journal, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var parameters = new { RunId = Text(runId), WorkerId = workerId, Attempt = attempt, Journal = journal };
                return (await transaction.Connection.ExecuteAsync(transaction.Command(_sql.SaveJournal, parameters, token)) == 1, true);
            },
            cancellationToken);

    public Task<string?> RequestCancelAsync(Guid runId, string userId, string? threadId, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var now = transactions.Now;
                var shared = ThreadKey.Shared(threadId);
                var parameters = new
                {
                    RunId = Text(runId),
                    UserId = userId,
                    shared?.Owner,
                    shared?.ThreadId,
                    Now = now,
                    Expired = now - (long)CancelMarkLifetime.TotalMilliseconds,
                    MostMarks = MostCancelMarks,
                };
                await using var results = await transaction.Connection.QueryMultipleAsync(
                    transaction.Command(_sql.RequestCancel, parameters, token));
                await results.ReadAsync();
                return (await results.ReadSingleOrDefaultAsync<string>(), true);
            },
            cancellationToken);

    public Task<IReadOnlyList<StoredMessage>> LoadRunAsync(Guid runId, string userId, string? threadId, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var rows = await transaction.Connection.QueryAsync<MessageRow>(
                    transaction.Command(_sql.LoadRun, Visible(runId, userId, threadId), token));
                return ((IReadOnlyList<StoredMessage>)[.. rows.Select(m => m.ToMessage())], false);
            },
            cancellationToken);

    public Task<RunRecord?> FindRunAsync(Guid runId, string userId, string? threadId, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var row = await transaction.Connection.QuerySingleOrDefaultAsync<RunRow>(
                    transaction.Command(_sql.FindRun, Visible(runId, userId, threadId), token));
                return (row?.ToRecord(), false);
            },
            cancellationToken);

    /// <returns>Null when another owner has just made a thread of the same name: to be tried again.</returns>
    private Task<RunClaim?> TryBeginRunAsync(RunClaimRequest request, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var parameters = Parameters(request, attempt: 0);
                RunClaim? claim;
                bool commit;
                string? threadKey;
                await using (var results = await transaction.Connection.QueryMultipleAsync(transaction.Command(_sql.BeginRun, parameters, token)))
                {
                    await results.ReadAsync();
                    await results.ReadAsync();
                    var takenOver = await results.ReadSingleOrDefaultAsync<ClaimRow>();
                    var claimed = await results.ReadSingleOrDefaultAsync<ClaimRow>() ?? takenOver;
                    threadKey = claimed?.ThreadKey;
                    (claim, commit) = await ReadClaimAsync(request, claimed, results);
                }

                if (claim is null)
                {
                    var reached = await transaction.Connection.QuerySingleOrDefaultAsync<QuotaRow>(transaction.Command(_sql.FindQuota, parameters, token));
                    return (reached is null ? null : new RunClaim { Status = RunClaimStatus.OverQuota, Quota = reached.Quota }, false);
                }

                if (claim.Status == RunClaimStatus.Refused)
                {
                    // its row stays and will have no messages
                    await CountAsync(transaction, threadKey!, Sql.RowBytes, token);
                }

                return (claim, commit);
            },
            cancellationToken);

    /// <summary>
    /// Removes the oldest threads of anonymous users. They share one owner, and none of them can list or delete its threads. Others who
    /// fill the quota must not lock them out.
    /// </summary>
    /// <returns>Whether there were some to remove; another claim may have removed them first.</returns>
    private async Task<bool> MadeRoomAsync(string owner, CancellationToken cancellationToken)
    {
        if (owner != KnownUsers.Anonymous)
        {
            return false;
        }

        var oldest = await transactions.RunAsync(
            async (transaction, token) =>
            {
                var parameters = new { Owner = owner, transactions.Now, Limit = OldestRemoved };
                return ((await transaction.Connection.QueryAsync<string>(transaction.Command(_threads.ListOldest, parameters, token))).AsList(), false);
            },
            cancellationToken);

        // each by itself and under its lock: a run may have begun in it since
        foreach (var threadId in oldest)
        {
            await transactions.RunAsync(
                async (transaction, token) =>
                {
                    var status = await SqlThreadStore.DeleteAsync(transaction, _threads, new ThreadKey(owner, threadId), transactions.Now, token);
                    return (status, status == ThreadStatus.Ok);
                },
                cancellationToken);
        }

        return oldest.Count > 0;
    }

    private Task<int> CountAsync(StoreTransaction transaction, string threadKey, long bytes, CancellationToken token) =>
        transaction.Connection.ExecuteAsync(transaction.Command(_sql.CountBytes, new { Key = threadKey, Bytes = bytes }, token));

    private static object Visible(Guid runId, string userId, string? threadId)
    {
        var shared = ThreadKey.Shared(threadId);
        return new { RunId = Text(runId), UserId = userId, shared?.Owner, shared?.ThreadId };
    }

    private object Parameters(RunClaimRequest request, int attempt)
    {
        var now = transactions.Now;
        var thread = request.Thread;
        return new
        {
            RunId = Text(request.RunId),
            request.UserId,
            thread.Owner,
            thread.ThreadId,
            thread.RowKey,
            request.WorkerId,
            Attempt = attempt,
            request.TakeOver,
            request.HistoryLimit,
            request.HistoryChars,
            request.Summarised,
            WhenBusy = request.WhenBusy?.ToString(),
            DefaultWhenBusy = request.DefaultWhenBusy.ToString(),
            request.MaxWaiting,
            request.MaxThreads,
            request.MaxBytes,
            request.MaxThreadBytes,
            ConflictCode = RunErrorCodes.Conflict,
            ConflictMessage = "Another answer is under way in this conversation. Please wait for it.",
            Now = now,
            LeaseUntil = now + (long)request.Lease.TotalMilliseconds,
        };
    }

    /// <summary>Reads what follows a claim, or the lack of one.</summary>
    /// <returns>No claim when there is no such run.</returns>
    private static async Task<(RunClaim? Claim, bool Commit)> ReadClaimAsync(RunClaimRequest request, ClaimRow? claimed, SqlMapper.GridReader results)
    {
        var run = await results.ReadSingleOrDefaultAsync<RunRow>();
        var thread = await results.ReadSingleOrDefaultAsync<ClaimedThreadRow>();
        var ahead = await results.ReadAsync<AheadRow>();
        var newestFirst = await results.ReadAsync<MessageRow>();
        if (claimed is null)
        {
            return (run is null ? null : Refuse(request, run) with { Ahead = [.. ahead.Select(a => a.ToRun())] }, false);
        }

        var status = claimed switch
        {
            { Outcome: not null } => RunClaimStatus.Refused,
            { CancelRequested: true } => RunClaimStatus.Cancelled,
            _ => ahead.Any() ? RunClaimStatus.Waiting : RunClaimStatus.Claimed,
        };
        var claim = new RunClaim
        {
            Status = status,
            Attempt = claimed.Attempt,
            Agent = thread!.Agent,
            Context = thread.Context,
            Summary = thread.Summary,
            Journal = claimed.Journal,
            LostWorkers = claimed.LostWorkers,
            WhenBusy = Enum.Parse<ThreadPolicy>(thread.WhenBusy),
            Ahead = [.. ahead.Select(a => a.ToRun())],

            // pictures are not held for as long as a run waits: it loads the history anew when its turn comes
            History = [.. newestFirst.Reverse().Select(m => status == RunClaimStatus.Waiting ? m.ToMessage() with { Images = null } : m.ToMessage())],
            Record = claimed.Outcome is null ? null : run!.ToRecord(),
        };
        return (claim, true);
    }

    private static RunClaim Refuse(RunClaimRequest request, RunRow run) =>
        run.UserId != request.UserId
            ? new RunClaim { Status = RunClaimStatus.Forbidden }
            : new RunClaim
            {
                Status = run.Outcome is null ? RunClaimStatus.Active : RunClaimStatus.Ended,
                Record = run.ToRecord(),
            };

    private static string Text(Guid id) => id.ToString("D");

    private static long Utf8Bytes(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);

    private static string? Clean(string? text) => text is null ? null : StorableText.Clean(text);
}
