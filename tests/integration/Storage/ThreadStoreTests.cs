using Dapper;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Runs;
using StreamChat.Contracts.Threads;
using StreamChat.Storage;
using StreamChat.TestSupport.Databases;
using StreamChat.TestSupport.Processes;

namespace StreamChat.IntegrationTests.Storage;

/// <summary>What the store of threads promises their owners, whatever the database.</summary>
public abstract class ThreadStoreTests : IAsyncLifetime
{
    private OpenStore _open = null!;
    private SqlThreadStore _threads = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _open = new OpenStore(await CreateDatabaseAsync());
        await _open.Transactions.InitializeAsync(Token);
        _threads = _open.Threads;
    }

    public async ValueTask DisposeAsync()
    {
        await _open.DisposeAsync();
        await DropDatabaseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Many_threads_are_listed_page_by_page_in_the_order_of_their_use()
    {
        // several in one millisecond, so that the order must go on by their names
        for (var i = 0; i < 60; i++)
        {
            await RunAsync($"thread-{i:00}", Message("user", $"question {i}"));
        }

        await RunAsync("bobs", [Message("user", "secret")], userId: "bob");
        await RunAsync("thread-05", Message("user", "again"));
        List<ThreadSummary> all = [];
        string? after = null;
        do
        {
            var page = await _threads.ListAsync(new ListThreads { UserId = "ada", After = after, Limit = 7 }, Token);
            Assert.Equal(ThreadStatus.Ok, page.Status);
            Assert.InRange(page.Threads.Count, 1, 7);
            all.AddRange(page.Threads);
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(60, all.Select(t => t.ThreadId).Distinct().Count());
        Assert.Equal(60, all.Count);
        Assert.Equal(all.OrderByDescending(t => t.UpdatedAt).Select(t => t.UpdatedAt), all.Select(t => t.UpdatedAt));
        Assert.Equal(all.Max(t => t.UpdatedAt), all.Single(t => t.ThreadId == "thread-05").UpdatedAt);
        Assert.Equal("question 5", all.Single(t => t.ThreadId == "thread-05").Title);
        Assert.Empty((await _threads.ListAsync(new ListThreads { UserId = "eve", Limit = 7 }, Token)).Threads);
    }

    [Fact]
    public async Task A_thread_is_called_as_its_owner_says_else_by_its_first_words()
    {
        await RunAsync("t", Message("system", "be kind"), Message("user", "  What is\n\n the weather like in the city of 北京 today, and what will it be tomorrow?"));
        Assert.Equal("What is the weather like in the city of 北京 today, and what w…", (await FindAsync("t")).Title);

        var changed = await _threads.ChangeAsync(new ChangeThread { UserId = "ada", ThreadId = "t", Title = "Weather \ud83d" }, Token);
        Assert.Equal((ThreadStatus.Ok, "Weather \ufffd", (ThreadPolicy?)null), (changed.Status, changed.Thread!.Title, changed.Thread.WhenBusy));
        changed = await _threads.ChangeAsync(new ChangeThread { UserId = "ada", ThreadId = "t", WhenBusy = ThreadPolicy.Interrupt }, Token);
        Assert.Equal(("Weather \ufffd", ThreadPolicy.Interrupt), (changed.Thread!.Title, changed.Thread.WhenBusy));

        await RunAsync("empty");
        Assert.Null((await FindAsync("empty")).Title);
    }

    [Fact]
    public async Task What_a_thread_was_set_to_holds_for_runs_that_say_nothing_else()
    {
        var first = Guid.CreateVersion7();
        await _open.Store.BeginRunAsync(Request(first, "t", "ada"), Token);
        await _threads.ChangeAsync(new ChangeThread { UserId = "ada", ThreadId = "t", WhenBusy = ThreadPolicy.Reject }, Token);
        Assert.Equal(RunClaimStatus.Refused, (await _open.Store.BeginRunAsync(Request(Guid.CreateVersion7(), "t", "ada"), Token)).Status);

        var interrupting = await _open.Store.BeginRunAsync(Request(Guid.CreateVersion7(), "t", "ada") with { WhenBusy = ThreadPolicy.Interrupt }, Token);
        Assert.Equal((RunClaimStatus.Waiting, ThreadPolicy.Interrupt), (interrupting.Status, interrupting.WhenBusy));
    }

    [Fact]
    public async Task A_page_ends_at_its_count_and_at_its_size_and_has_one_message_at_least()
    {
        var large = new string('x', SqlThreadStore.MaxPageText);
        await RunAsync("t", Message("user", "1"), Message("user", large + "more"), Message("user", "3"), Message("user", new string('y', 1000)), Message("user", "5"));

        Assert.Equal(("3 4 5", 3), await PageAsync(before: null, limit: 50));
        Assert.Equal(("4 5", 4), await PageAsync(before: null, limit: 2));
        Assert.Equal(("2", 2), await PageAsync(before: 3, limit: 50));
        Assert.Equal(("1", null), await PageAsync(before: 2, limit: 50));
        Assert.Equal(("", null), await PageAsync(before: 1, limit: 50));

        Assert.Equal("1", await OnAsync(0));
        Assert.Equal("2", await OnAsync(1));
        Assert.Equal("3 4 5", await OnAsync(2));
        Assert.Empty(await OnAsync(5));

        async Task<(string Positions, long? Before)> PageAsync(long? before, int limit)
        {
            var page = await _threads.ReadAsync(new ReadThread { UserId = "ada", ThreadId = "t", Before = before, Limit = limit }, Token);
            return (string.Join(' ', page.Messages.Select(m => m.Position)), page.Before);
        }

        async Task<string> OnAsync(long after) => string.Join(
            ' ', (await _threads.ReadAsync(new ReadThread { UserId = "ada", ThreadId = "t", After = after, Limit = 200 }, Token)).Messages.Select(m => m.Position));
    }

    [Fact]
    public async Task A_message_tells_all_that_is_known_of_it()
    {
        var runId = Guid.CreateVersion7();
        await RunAsync(
            "t",
            Message("assistant", "half") with { Agent = "Weather Agent", ToolCalls = """[{"id":"c1","name":"weather","arguments":{"city":"北京"}}]""", RunId = runId, Partial = true },
            Message("tool", "sunny") with { ToolCallId = "c1", RunId = runId });
        var page = await _threads.ReadAsync(new ReadThread { UserId = "ada", ThreadId = "t", Limit = 10 }, Token);
        var said = page.Messages[0];
        Assert.Equal(("assistant", "half", "Weather Agent", runId, true), (said.Role, said.Content, said.Agent, said.RunId, said.Partial));
        Assert.Equal("北京", said.ToolCalls!.Value[0].GetProperty("arguments").GetProperty("city").GetString());
        Assert.Equal(("c1", false), (page.Messages[1].ToolCallId, page.Messages[1].Partial));
        Assert.Equal("t", page.Thread!.ThreadId);
    }

    [Fact]
    public async Task Nobody_else_reads_changes_or_removes_a_thread_and_a_room_owns_its_own()
    {
        await RunAsync("t", Message("user", "secret"));
        var room = Request(Guid.CreateVersion7(), "~room/hall", "ada") with { RoomId = "hall" };
        await _open.Store.BeginRunAsync(room, Token);
        foreach (var (userId, threadId) in new[] { ("bob", "t"), ("ada", "~room/hall"), ("hall", "~room/hall"), ("ada", "nowhere") })
        {
            Assert.Equal(ThreadStatus.NotFound, (await _threads.ReadAsync(new ReadThread { UserId = userId, ThreadId = threadId, Limit = 10 }, Token)).Status);
            Assert.Equal(ThreadStatus.NotFound, (await _threads.ChangeAsync(new ChangeThread { UserId = userId, ThreadId = threadId, Title = "Mine" }, Token)).Status);
            Assert.Equal(ThreadStatus.NotFound, (await _threads.DeleteAsync(new DeleteThread { UserId = userId, ThreadId = threadId }, Token)).Status);
        }

        Assert.Equal("secret", (await FindAsync("t")).Title);
        Assert.Equal("t", Assert.Single((await _threads.ListAsync(new ListThreads { UserId = "ada", Limit = 10 }, Token)).Threads).ThreadId);
    }

    [Fact]
    public async Task A_removed_thread_leaves_nothing_and_one_with_a_run_under_way_stays()
    {
        await RunAsync("t", Message("user", "question"));
        await RunAsync("other", Message("user", "kept"));
        var runId = Guid.CreateVersion7();
        await _open.Store.BeginRunAsync(Request(runId, "t", "ada"), Token);
        Assert.Equal(ThreadStatus.Busy, (await _threads.DeleteAsync(new DeleteThread { UserId = "ada", ThreadId = "t" }, Token)).Status);

        await _open.Store.CompleteRunAsync(Completion(runId, "ada", []), Token);
        await ExecuteAsync($"insert into tool_calls (run_id, tool_call_id, fingerprint, worker_id, started_at, alive_until, completed, result) values ('{runId}', 'c1', 'f', 'w', 0, 0, true, 'secret')");
        Assert.Equal(ThreadStatus.Ok, (await _threads.DeleteAsync(new DeleteThread { UserId = "ada", ThreadId = "t" }, Token)).Status);
        Assert.Equal(0, await ExecuteAsync("delete from tool_calls"));
        Assert.Null(await _open.Store.FindRunAsync(runId, "ada", null, Token));
        Assert.Equal(ThreadStatus.NotFound, (await _threads.ReadAsync(new ReadThread { UserId = "ada", ThreadId = "t", Limit = 10 }, Token)).Status);
        Assert.Equal("kept", (await FindAsync("other")).Title);
        Assert.Empty((await _open.Store.BeginRunAsync(Request(Guid.CreateVersion7(), "t", "bob"), Token)).History);
    }

    [Fact]
    public async Task The_runs_under_way_are_those_that_have_not_ended_and_are_in_somebodys_hand()
    {
        await RunAsync("t", Message("user", "over"));
        var first = Request(Guid.CreateVersion7(), "t", "ada");
        var second = Request(Guid.CreateVersion7(), "t", "ada");
        await _open.Store.BeginRunAsync(first, Token);
        await _open.Store.BeginRunAsync(second, Token);
        var lost = Request(Guid.CreateVersion7(), "t", "ada") with { Lease = TimeSpan.FromMilliseconds(-1) };
        await _open.Store.BeginRunAsync(lost, Token);
        var inRoom = Request(Guid.CreateVersion7(), "~room/hall", "ada") with { RoomId = "hall" };
        await _open.Store.BeginRunAsync(inRoom, Token);

        Assert.Equal([first.RunId, second.RunId], await UnderWayAsync(new ListThreadRuns { UserId = "ada", ThreadId = "t" }));
        Assert.Equal([inRoom.RunId], await UnderWayAsync(new ListThreadRuns { UserId = "bob", ThreadId = "~room/hall", RoomId = "hall" }));

        // neither another user's, nor a room's for who does not come through the room
        Assert.Empty(await UnderWayAsync(new ListThreadRuns { UserId = "bob", ThreadId = "t" }));
        Assert.Empty(await UnderWayAsync(new ListThreadRuns { UserId = "ada", ThreadId = "~room/hall" }));
        Assert.Empty(await UnderWayAsync(new ListThreadRuns { UserId = "ada", ThreadId = "t", RoomId = "t" }));
    }

    private protected abstract Task<StoreOptions> CreateDatabaseAsync();

    protected virtual Task DropDatabaseAsync() => Task.CompletedTask;

    private Task<int> ExecuteAsync(string sql) => _open.Transactions.RunAsync(
        async (transaction, token) => (await transaction.Connection.ExecuteAsync(transaction.Command(sql, null, token)), true), Token);

    private async Task<IEnumerable<Guid>> UnderWayAsync(ListThreadRuns request)
    {
        var answer = await _threads.ListRunsAsync(request, Token);
        Assert.Equal(ThreadStatus.Ok, answer.Status);
        Assert.All(answer.Runs, run => Assert.Equal((request.ThreadId, request.RoomId, "ada", 1), (run.ThreadId, run.RoomId, run.UserId, run.Attempt)));
        return answer.Runs.Select(run => run.RunId);
    }

    private static StoredMessage Message(string role, string content) => new() { MessageId = Guid.CreateVersion7().ToString(), Role = role, Content = content };

    private static RunClaimRequest Request(Guid runId, string threadId, string userId) => new()
    {
        RunId = runId,
        ThreadId = threadId,
        UserId = userId,
        WorkerId = "worker-1",
        TakeOver = false,
        HistoryLimit = 100,
    };

    private static RunCompletion Completion(Guid runId, string userId, IReadOnlyList<StoredMessage> messages) => new()
    {
        RunId = runId,
        UserId = userId,
        WorkerId = "worker-1",
        Attempt = 1,
        Outcome = RunOutcome.Finished,
        Messages = messages,
    };

    private Task RunAsync(string threadId, params StoredMessage[] messages) => RunAsync(threadId, messages, "ada");

    private async Task RunAsync(string threadId, StoredMessage[] messages, string userId)
    {
        var runId = Guid.CreateVersion7();
        Assert.Equal(RunClaimStatus.Claimed, (await _open.Store.BeginRunAsync(Request(runId, threadId, userId), Token)).Status);
        Assert.True(await _open.Store.CompleteRunAsync(Completion(runId, userId, messages), Token));
    }

    private async Task<ThreadSummary> FindAsync(string threadId)
    {
        var page = await _threads.ReadAsync(new ReadThread { UserId = "ada", ThreadId = threadId, Limit = 1 }, Token);
        Assert.Equal(ThreadStatus.Ok, page.Status);
        return page.Thread!;
    }
}

public sealed class SqliteThreadStoreTests : ThreadStoreTests
{
    private readonly TemporaryFolder _folder = new();

    private protected override Task<StoreOptions> CreateDatabaseAsync() =>
        Task.FromResult(new StoreOptions { Provider = StoreProvider.Sqlite, ConnectionString = $"Data Source={_folder.File("store.db")}", Timeout = TimeSpan.FromSeconds(30) });

    protected override Task DropDatabaseAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }
}

public sealed class PostgresThreadStoreTests(PostgresServer server) : ThreadStoreTests
{
    private protected override async Task<StoreOptions> CreateDatabaseAsync() =>
        new() { Provider = StoreProvider.Postgres, ConnectionString = await server.CreateDatabaseAsync(), Timeout = TimeSpan.FromSeconds(30) };
}
