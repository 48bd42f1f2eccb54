using Dapper;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;
using StreamChat.Storage;
using StreamChat.Storage.Providers;

namespace StreamChat.AgentWorker.Storage;

/// <summary>Conversations over SQL.</summary>
internal sealed class SqlConversationStore(StoreDatabase database, SqlTransactions transactions) : IConversationStore
{
    /// <summary>How long a cancel waits for its run. A request that is older is not taken from the queue any more.</summary>
    private static readonly TimeSpan CancelMarkLifetime = TimeSpan.FromDays(1);

    private readonly Sql _sql = new(database);
    private readonly CheckpointSql _checkpoints = new(database);

    public Task<RunClaim> BeginRunAsync(RunClaimRequest request, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                await using var results = await transaction.Connection.QueryMultipleAsync(
                    transaction.Command(_sql.BeginRun, Parameters(request, attempt: 0), token));
                await results.ReadAsync();
                await results.ReadAsync();
                var takenOver = await results.ReadSingleOrDefaultAsync<ClaimRow>();
                var claimed = await results.ReadSingleOrDefaultAsync<ClaimRow>() ?? takenOver;
                return await ReadClaimAsync(request, claimed, results);
            },
            cancellationToken);

    public Task<RunClaim> TakeTurnAsync(RunClaimRequest request, int attempt, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                await using var results = await transaction.Connection.QueryMultipleAsync(
                    transaction.Command(_sql.TakeTurn, Parameters(request, attempt), token));
                var claimed = await results.ReadSingleOrDefaultAsync<ClaimRow>();
                var (claim, commit) = await ReadClaimAsync(request, claimed, results);
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
                    completion.ThreadId,
                    completion.WorkerId,
                    completion.Attempt,
                    Outcome = completion.Outcome.ToString(),
                    completion.ErrorCode,
                    ErrorMessage = Clean(completion.ErrorMessage),
                    Now = now,
                };
                if (await transaction.Connection.ExecuteAsync(transaction.Command(_sql.EndRun, end, token)) == 0)
                {
                    return (false, false);
                }

                if (completion.HasCheckpoint)
                {
                    await transaction.Connection.ExecuteAsync(transaction.Command(_checkpoints.DeleteTexts, new { RunId = Text(completion.RunId) }, token));
                }

                var thread = new { completion.ThreadId, completion.Agent, Context = Clean(completion.Context), Now = now };
                await transaction.Connection.ExecuteAsync(transaction.Command(_sql.TouchThread, thread, token));
                foreach (var message in completion.Messages)
                {
                    var row = new
                    {
                        completion.ThreadId,
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
                    await transaction.Connection.ExecuteAsync(transaction.Command(_sql.AppendMessage, row, token));
                }

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
                var parameters = new
                {
                    RunId = Text(runId),
                    UserId = userId,
                    ThreadId = threadId,
                    Now = now,
                    Expired = now - (long)CancelMarkLifetime.TotalMilliseconds,
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
                    transaction.Command(_sql.LoadRun, new { RunId = Text(runId), UserId = userId, ThreadId = threadId }, token));
                return ((IReadOnlyList<StoredMessage>)[.. rows.Select(m => m.ToMessage())], false);
            },
            cancellationToken);

    public Task<RunRecord?> FindRunAsync(Guid runId, string userId, string? threadId, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var row = await transaction.Connection.QuerySingleOrDefaultAsync<RunRow>(
                    transaction.Command(_sql.FindRun, new { RunId = Text(runId), UserId = userId, ThreadId = threadId }, token));
                return (row?.ToRecord(), false);
            },
            cancellationToken);

    private object Parameters(RunClaimRequest request, int attempt)
    {
        var now = transactions.Now;
        return new
        {
            RunId = Text(request.RunId),
            request.ThreadId,
            request.UserId,
            Owner = ThreadOwner.Of(request.UserId, request.RoomId),
            request.WorkerId,
            Attempt = attempt,
            request.TakeOver,
            request.HistoryLimit,
            request.HistoryChars,
            request.Summarised,
            WhenBusy = request.WhenBusy?.ToString(),
            DefaultWhenBusy = request.DefaultWhenBusy.ToString(),
            request.MaxWaiting,
            ConflictCode = RunErrorCodes.Conflict,
            ConflictMessage = "Another answer is under way in this conversation. Please wait for it.",
            Now = now,
            LeaseUntil = now + (long)request.Lease.TotalMilliseconds,
        };
    }

    /// <summary>Reads what follows a claim, or the lack of one.</summary>
    private static async Task<(RunClaim Claim, bool Commit)> ReadClaimAsync(RunClaimRequest request, ClaimRow? claimed, SqlMapper.GridReader results)
    {
        var run = await results.ReadSingleOrDefaultAsync<RunRow>();
        var ahead = await results.ReadAsync<AheadRow>();
        var newestFirst = await results.ReadAsync<MessageRow>();
        if (claimed is null)
        {
            return (Refuse(request, run) with { Ahead = [.. ahead.Select(a => a.ToRun())] }, false);
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
            Agent = claimed.Agent,
            Context = claimed.Context,
            Summary = claimed.Summary,
            Journal = claimed.Journal,
            LostWorkers = claimed.LostWorkers,
            WhenBusy = Enum.Parse<ThreadPolicy>(claimed.WhenBusy),
            Ahead = [.. ahead.Select(a => a.ToRun())],

            // pictures are not held for as long as a run waits: it loads the history anew when its turn comes
            History = [.. newestFirst.Reverse().Select(m => status == RunClaimStatus.Waiting ? m.ToMessage() with { Images = null } : m.ToMessage())],
            Record = claimed.Outcome is null ? null : run!.ToRecord(),
        };
        return (claim, true);
    }

    /// <summary>No run and no claim: the thread is not the user's.</summary>
    private static RunClaim Refuse(RunClaimRequest request, RunRow? run) =>
        run is null || run.UserId != request.UserId
            ? new RunClaim { Status = RunClaimStatus.Forbidden }
            : new RunClaim
            {
                Status = run.Outcome is null ? RunClaimStatus.Active : RunClaimStatus.Ended,
                Record = run.ToRecord(),
            };

    private static string Text(Guid id) => id.ToString("D");

    private static string? Clean(string? text) => text is null ? null : StorableText.Clean(text);
}
