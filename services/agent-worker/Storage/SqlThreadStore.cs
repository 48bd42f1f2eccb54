using Dapper;
using StreamChat.Contracts.Runs;
using StreamChat.Contracts.Threads;
using StreamChat.Storage;
using StreamChat.Storage.Providers;

namespace StreamChat.AgentWorker.Storage;

/// <summary>Threads over SQL. Each is looked up by its owner and its id together (<see cref="Sql.IsNamed"/>).</summary>
internal sealed class SqlThreadStore(StoreDatabase database, SqlTransactions transactions) : IThreadStore
{
    /// <summary>The most text on one page of messages, in characters.</summary>
    public const int MaxPageText = 512 * 1024;

    private const int MostRuns = 64;

    private readonly ThreadSql _sql = new(database);

    public Task<ThreadList> ListAsync(ListThreads request, CancellationToken cancellationToken)
    {
        var after = request.After is { } text && ThreadCursor.TryParse(text, out var cursor) ? cursor : ThreadCursor.Start;
        return transactions.RunAsync(
            async (transaction, token) =>
            {
                // one more tells whether there is another page
                var parameters = new { Owner = Owner(request.UserId), after.UpdatedAt, after.ThreadId, Limit = request.Limit + 1 };
                var rows = (await transaction.Connection.QueryAsync<ThreadRow>(transaction.Command(_sql.List, parameters, token))).AsList();
                var page = rows.Take(request.Limit).ToList();
                var list = new ThreadList
                {
                    Status = ThreadStatus.Ok,
                    Threads = [.. page.Select(r => r.ToSummary())],
                    Next = rows.Count > page.Count ? new ThreadCursor(page[^1].UpdatedAt, page[^1].ThreadId).ToString() : null,
                };
                return (list, false);
            },
            cancellationToken);
    }

    public Task<ThreadPage> ReadAsync(ReadThread request, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                if (await FindAsync(transaction, request.ThreadId, request.UserId, token) is not { } thread)
                {
                    return (new ThreadPage { Status = ThreadStatus.NotFound }, false);
                }

                var parameters = new { thread.Key, Before = request.Before ?? long.MaxValue, request.After, request.Limit, MaxText = MaxPageText };
                var sql = request.After is null ? _sql.ReadBack : _sql.ReadOn;
                var rows = (await transaction.Connection.QueryAsync<PageRow>(transaction.Command(sql, parameters, token))).AsList();
                var isLast = rows.Count == 0 || rows[0].Found == rows.Count;
                if (request.After is null)
                {
                    rows.Reverse();
                }

                var page = new ThreadPage
                {
                    Status = ThreadStatus.Ok,
                    Thread = thread.ToSummary(),
                    Messages = [.. rows.Select(r => r.ToMessage())],
                    Before = request.After is null && !isLast ? rows[0].Position : null,
                };
                return (page, false);
            },
            cancellationToken);

    public Task<ThreadAnswer> ChangeAsync(ChangeThread request, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var parameters = new
                {
                    request.ThreadId,
                    Owner = Owner(request.UserId),
                    Title = request.Title is null ? null : StorableText.Clean(request.Title),
                    WhenBusy = request.WhenBusy?.ToString(),
                };
                await transaction.Connection.ExecuteAsync(transaction.Command(_sql.Change, parameters, token));
                return await FindAsync(transaction, request.ThreadId, request.UserId, token) is { } thread
                    ? (new ThreadAnswer { Status = ThreadStatus.Ok, Thread = thread.ToSummary() }, true)
                    : (new ThreadAnswer { Status = ThreadStatus.NotFound }, false);
            },
            cancellationToken);

    public Task<ThreadAnswer> DeleteAsync(DeleteThread request, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var status = await DeleteAsync(transaction, _sql, Thread(request.UserId, request.ThreadId), transactions.Now, token);
                return (new ThreadAnswer { Status = status }, status == ThreadStatus.Ok);
            },
            cancellationToken);

    public Task<ThreadRuns> ListRunsAsync(ListThreadRuns request, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var parameters = new
                {
                    request.ThreadId,
                    Owner = ThreadOwner.Of(request.UserId, request.RoomId),
                    transactions.Now,
                    Limit = MostRuns,
                };
                var rows = await transaction.Connection.QueryAsync<RunRow>(transaction.Command(_sql.ListRuns, parameters, token));
                var runs = rows.Select(r => new RunAnnounced
                {
                    RunId = Guid.Parse(r.RunId),
                    Attempt = r.Attempt,
                    ThreadId = request.ThreadId,
                    UserId = r.UserId,
                    RoomId = request.RoomId,
                    WorkerId = r.WorkerId,
                });
                return (new ThreadRuns { Status = ThreadStatus.Ok, Runs = [.. runs] }, false);
            },
            cancellationToken);

    /// <summary>Removes a thread that has no run under way. Takes the lock of the thread, so that no run begins in it meanwhile.</summary>
    internal static async Task<ThreadStatus> DeleteAsync(StoreTransaction transaction, ThreadSql sql, ThreadKey key, long now, CancellationToken cancellationToken)
    {
        var parameters = new { key.Owner, key.ThreadId, key.RowKey, Now = now };
        DeletedRow? thread;
        await using (var results = await transaction.Connection.QueryMultipleAsync(transaction.Command(sql.LockForDelete, parameters, cancellationToken)))
        {
            await results.ReadAsync();
            thread = await results.ReadSingleOrDefaultAsync<DeletedRow>();
        }

        if (thread is not { IsBusy: false })
        {
            return thread is null ? ThreadStatus.NotFound : ThreadStatus.Busy;
        }

        await transaction.Connection.ExecuteAsync(transaction.Command(sql.Delete, new { thread.Key }, cancellationToken));
        return ThreadStatus.Ok;
    }

    private static ThreadKey Thread(string userId, string threadId) => ThreadKey.Of(userId, roomId: null, threadId);

    private static string Owner(string userId) => ThreadOwner.Of(userId, roomId: null);

    private async Task<ThreadRow?> FindAsync(StoreTransaction transaction, string threadId, string userId, CancellationToken token) =>
        await transaction.Connection.QuerySingleOrDefaultAsync<ThreadRow>(
            transaction.Command(_sql.Find, new { ThreadId = threadId, Owner = Owner(userId) }, token));

    private sealed class DeletedRow
    {
        public string Key { get; init; } = "";

        public bool IsBusy { get; init; }
    }
}
