using Dapper;
using StreamChat.Storage;
using StreamChat.Storage.Providers;

namespace StreamChat.AgentWorker.Storage;

/// <summary>Conversations over SQL.</summary>
internal sealed class SqlConversationStore(StoreDatabase database, SqlTransactions transactions) : IConversationStore
{
    /// <summary>How long a cancel waits for its run. A request that is older is not taken from the queue any more.</summary>
    private static readonly TimeSpan CancelMarkLifetime = TimeSpan.FromDays(1);

    private readonly Sql _sql = new(database);

    public Task<RunClaim> BeginRunAsync(RunClaimRequest request, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var parameters = new
                {
                    RunId = Text(request.RunId),
                    request.ThreadId,
                    request.UserId,
                    Owner = ThreadOwner.Of(request.UserId, request.RoomId),
                    request.WorkerId,
                    request.TakeOver,
                    request.HistoryLimit,
                    transactions.Now,
                };
                await using var results = await transaction.Connection.QueryMultipleAsync(
                    transaction.Command(_sql.BeginRun, parameters, token));
                await results.ReadAsync();
                var takenOver = await results.ReadSingleOrDefaultAsync<ClaimRow>();
                var claimed = await results.ReadSingleOrDefaultAsync<ClaimRow>() ?? takenOver;
                var run = await results.ReadSingleOrDefaultAsync<RunRow>();
                var history = await results.ReadAsync<MessageRow>();
                return claimed is null ? (Refuse(request, run), false) : (Claim(claimed, history), true);
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

                var thread = new { completion.ThreadId, completion.Agent, Context = Clean(completion.Context), Now = now };
                await transaction.Connection.ExecuteAsync(transaction.Command(_sql.TouchThread, thread, token));
                foreach (var message in completion.Messages)
                {
                    var row = new
                    {
                        completion.ThreadId,
                        message.MessageId,
                        message.Role,
                        Content = Clean(message.Content),
                        ToolCalls = Clean(message.ToolCalls),
                        message.ToolCallId,
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

    public Task<string?> RequestCancelAsync(Guid runId, string userId, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var now = transactions.Now;
                var parameters = new
                {
                    RunId = Text(runId),
                    UserId = userId,
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

    private static RunClaim Claim(ClaimRow claim, IEnumerable<MessageRow> newestFirst) => new()
    {
        Status = claim.CancelRequested ? RunClaimStatus.Cancelled : RunClaimStatus.Claimed,
        Attempt = claim.Attempt,
        Agent = claim.Agent,
        Context = claim.Context,
        History = [.. newestFirst.Reverse().Select(m => m.ToMessage())],
    };

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
