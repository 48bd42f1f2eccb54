using Dapper;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Threads;
using StreamChat.Storage;
using StreamChat.TestSupport.Databases;
using StreamChat.TestSupport.Processes;

namespace StreamChat.IntegrationTests.Storage;

/// <summary>Threads belong to their owner, whatever others call theirs, and an owner stores only so much.</summary>
public abstract class ThreadOwnerTests : IAsyncLifetime
{
    private const string Worker = "worker-1";

    private StoreOptions _options = null!;
    private OpenStore _open = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _options = await CreateDatabaseAsync();
        _open = new OpenStore(_options);
        await _open.Transactions.InitializeAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _open.DisposeAsync();
        await DropDatabaseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Random_owners_names_and_operations_show_each_owner_what_is_its_own()
    {
        string[] users = ["ada", "bob", "eve", "default", "~room/hall"];
        string[] names = ["default", "main", "chat-1", "a/b", "100%", "你好", "ada", "default\u00a0"];
        var random = new Random(1);
        var model = users.ToDictionary(user => user, _ => new Dictionary<string, (string? Title, List<string> Said)>(StringComparer.Ordinal), StringComparer.Ordinal);
        List<(string User, string Name, Guid RunId)> runs = [];
        for (var step = 0; step < 400; step++)
        {
            var (user, name) = (users[random.Next(users.Length)], names[random.Next(names.Length)]);
            var mine = model[user];
            var isThere = mine.TryGetValue(name, out var thread);
            switch (random.Next(7))
            {
                case 0 or 1 or 2:
                    var text = $"{step} of {user}";
                    var run = Request(user, name);
                    var claim = await _open.Store.BeginRunAsync(run, Token);
                    Assert.Equal(RunClaimStatus.Claimed, claim.Status);
                    Assert.Equal(isThere ? thread.Said : [], claim.History.Select(m => m.Content));
                    await EndAsync(run, text);
                    mine[name] = (thread.Title, [.. thread.Said ?? [], text]);
                    runs.Add((user, name, run.RunId));
                    break;
                case 3:
                    var title = $"title {step}";
                    var changed = await _open.Threads.ChangeAsync(new ChangeThread { UserId = user, ThreadId = name, Title = title }, Token);
                    Assert.Equal((isThere ? ThreadStatus.Ok : ThreadStatus.NotFound, isThere ? title : null), (changed.Status, changed.Thread?.Title));
                    if (isThere)
                    {
                        mine[name] = (title, thread.Said!);
                    }

                    break;
                case 4 when random.Next(2) == 0:
                    var deleted = await _open.Threads.DeleteAsync(new DeleteThread { UserId = user, ThreadId = name }, Token);
                    Assert.Equal(isThere ? ThreadStatus.Ok : ThreadStatus.NotFound, deleted.Status);
                    mine.Remove(name);
                    runs.RemoveAll(r => r.User == user && r.Name == name);
                    break;
                case 5 when runs.Count > 0:
                    var (owner, ofThread, runId) = runs[random.Next(runs.Count)];
                    var found = await _open.Store.FindRunAsync(runId, user, name, Token);
                    Assert.Equal(owner == user ? ofThread : null, found?.ThreadId);
                    Assert.Equal(owner == user ? 1 : 0, (await _open.Store.LoadRunAsync(runId, user, name, Token)).Count);
                    break;
                default:
                    var page = await _open.Threads.ReadAsync(new ReadThread { UserId = user, ThreadId = name, Limit = 200 }, Token);
                    Assert.Equal(isThere ? ThreadStatus.Ok : ThreadStatus.NotFound, page.Status);
                    Assert.Equal((isThere ? thread.Said! : []).TakeLast(200), page.Messages.Select(m => m.Content));
                    Assert.Equal(isThere ? thread.Title ?? thread.Said![0] : null, page.Thread?.Title);
                    Assert.Equal(isThere ? name : null, page.Thread?.ThreadId);
                    break;
            }
        }

        foreach (var user in users)
        {
            Assert.Equal(model[user].Keys.Order(StringComparer.Ordinal), (await ListAsync(user, limit: 3)).Order(StringComparer.Ordinal));
            var used = model[user].Values.Sum(t => t.Said.Sum(s => (2 * Sql.RowBytes) + s.Length));
            Assert.Equal((model[user].Count, used), await UsageAsync(user));
        }
    }

    [Fact]
    public async Task Owners_who_make_threads_of_one_name_at_once_all_get_their_own()
    {
        await using var other = new OpenStore(_options);
        await other.Transactions.InitializeAsync(Token);
        for (var round = 0; round < 5; round++)
        {
            var claims = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() =>
                (i % 2 == 0 ? _open : other).Store.BeginRunAsync(Request($"user-{i % 6}", $"meet-{round}"), Token))));
            Assert.Equal(6, claims.Count(c => c.Status == RunClaimStatus.Claimed));
            Assert.Equal(6, claims.Count(c => c.Status == RunClaimStatus.Waiting));
        }
    }

    [Fact]
    public async Task Runs_wait_for_those_of_their_own_thread_only()
    {
        var (adas, bobs, next) = (Request("ada", "default"), Request("bob", "default"), Request("bob", "default"));
        Assert.Equal(RunClaimStatus.Claimed, (await _open.Store.BeginRunAsync(adas, Token)).Status);
        Assert.Equal(RunClaimStatus.Claimed, (await _open.Store.BeginRunAsync(bobs, Token)).Status);
        var waiting = await _open.Store.BeginRunAsync(next, Token);
        Assert.Equal([bobs.RunId], waiting.Ahead.Select(a => a.RunId));
        Assert.Equal([adas.RunId], await UnderWayAsync("ada", "default"));
        Assert.Equal([bobs.RunId, next.RunId], await UnderWayAsync("bob", "default"));

        // a claim is taken over in the thread that it is in
        var takenOver = await _open.Store.BeginRunAsync(bobs with { WorkerId = "worker-2", TakeOver = true }, Token);
        Assert.Equal((RunClaimStatus.Claimed, 2), (takenOver.Status, takenOver.Attempt));
        await EndAsync(adas, "of ada");
        Assert.Equal(RunClaimStatus.Waiting, (await _open.Store.TakeTurnAsync(next, 1, Token)).Status);
        Assert.True(await _open.Store.CompleteRunAsync(End(bobs, "of bob") with { WorkerId = "worker-2", Attempt = 2 }, Token));
        var turn = await _open.Store.TakeTurnAsync(next, 1, Token);
        Assert.Equal((RunClaimStatus.Claimed, "of bob"), (turn.Status, Assert.Single(turn.History).Content));
    }

    [Fact]
    public async Task Only_a_rooms_thread_shares_its_runs_with_others()
    {
        var run = Request("ada", "default");
        await _open.Store.BeginRunAsync(run, Token);
        Assert.Null(await _open.Store.FindRunAsync(run.RunId, "bob", "default", Token));
        Assert.Null(await _open.Store.RequestCancelAsync(run.RunId, "bob", "default", Token));
        var inRoom = Request("ada", "~room/hall") with { RoomId = "hall" };
        await _open.Store.BeginRunAsync(inRoom, Token);
        Assert.Equal("~room/hall", (await _open.Store.FindRunAsync(inRoom.RunId, "bob", "~room/hall", Token))!.ThreadId);
        Assert.Equal(Worker, await _open.Store.RequestCancelAsync(inRoom.RunId, "bob", "~room/hall", Token));

        // a user who calls a thread like the room's shares nothing
        var alike = Request("eve", "~room/hall");
        await _open.Store.BeginRunAsync(alike, Token);
        Assert.Null(await _open.Store.FindRunAsync(alike.RunId, "bob", "~room/hall", Token));
    }

    [Fact]
    public async Task A_page_of_threads_does_not_show_that_another_owner_has_a_thread_of_the_same_id()
    {
        foreach (var user in new[] { "ada", "bob" })
        {
            await SayAsync(user, "default", "hello");
            await SayAsync(user, "other", "hello");
        }

        var page = await _open.Threads.ListAsync(new ListThreads { UserId = "bob", Limit = 1 }, Token);
        Assert.EndsWith($"/{page.Threads[0].ThreadId}", page.Next, StringComparison.Ordinal);
        Assert.Equal(["default", "other"], (await ListAsync("bob", 1)).Order());
    }

    [Fact]
    public async Task Summaries_belong_to_the_owner()
    {
        await SayAsync("ada", "default", "of ada");
        await SayAsync("bob", "default", "of bob");
        var (adas, bobs) = (ThreadKey.Of("ada", null, "default"), ThreadKey.Of("bob", null, "default"));
        var part = (await _open.Summaries.LoadAsync(bobs, 100, 1000, Token))!;
        Assert.Equal("of bob", Assert.Single(part.Messages).Message.Content);
        await _open.Summaries.SaveAsync(bobs, part, 1, "Bob speaks.", Token);
        Assert.Null((await _open.Store.BeginRunAsync(Request("ada", "default"), Token)).Summary);
        Assert.Equal("Bob speaks.", (await _open.Store.BeginRunAsync(Request("bob", "default"), Token)).Summary);
        Assert.Null((await _open.Summaries.LoadAsync(adas, 100, 1000, Token))!.Summary);
    }

    [Fact]
    public async Task A_database_of_the_version_before_is_read_by_its_owners_and_written_to_by_processes_of_that_version()
    {
        await using var old = new OpenStore(await CreateDatabaseAsync());
        await ExecuteAsync(old, "create table schema_versions (version integer not null primary key, applied_at bigint not null);");
        for (var version = 1; version <= 11; version++)
        {
            await ExecuteAsync(old, Migrations.Read(version) + $"; insert into schema_versions (version, applied_at) values ({version}, 0);");
        }

        List<(string Owner, string ThreadId, Guid RunId)> threads = [];
        foreach (var owner in (string[])["ada", "bob", "\u0001room/hall", "\u0001room/user_ada_room"])
        {
            for (var i = 0; i < (owner.StartsWith('\u0001') ? 1 : 25); i++)
            {
                var threadId = owner.StartsWith('\u0001') ? "~room/" + owner["\u0001room/".Length..] : i == 0 ? $"{owner}-default" : i == 1 ? $"~aurawell/{owner}/x" : $"{owner} {i}";
                var runId = Guid.CreateVersion7();
                await OldRunAsync(old, threadId, owner, runId, $"{threadId} of {owner}", updatedAt: 1000 + (i / 3));
                threads.Add((owner, threadId, runId));
            }
        }

        await old.Transactions.InitializeAsync(Token);

        foreach (var (owner, threadId, runId) in threads)
        {
            var roomId = owner.StartsWith('\u0001') ? owner["\u0001room/".Length..] : null;
            var user = roomId is null ? owner : "ada";
            if (roomId is null)
            {
                var page = await old.Threads.ReadAsync(new ReadThread { UserId = user, ThreadId = threadId, Limit = 10 }, Token);
                Assert.Equal((ThreadStatus.Ok, $"{threadId} of {owner}"), (page.Status, page.Messages.Single().Content));
            }

            Assert.Equal(threadId, (await old.Store.FindRunAsync(runId, owner, null, Token))!.ThreadId);
            Assert.Single(await old.Store.LoadRunAsync(runId, owner, null, Token));
            var claim = await old.Store.BeginRunAsync(Request(user, threadId) with { RoomId = roomId, TakeOver = false }, Token);
            Assert.Equal((RunClaimStatus.Claimed, $"{threadId} of {owner}"), (claim.Status, Assert.Single(claim.History).Content));
            Assert.Equal((1, 0), await OldOthersAsync(old, threadId, owner));
        }

        // a page's cursor of before goes on
        var listed = await old.Threads.ListAsync(new ListThreads { UserId = "ada", After = "1003/ada 9", Limit = 100 }, Token);
        Assert.Equal(["ada 11", "ada 10", "ada 8"], listed.Threads.Take(3).Select(t => t.ThreadId));

        // what was there is counted when its thread is used: one message, with nothing for the run, which was not counted then
        Assert.Equal(25, (await UsageAsync("ada", old)).Threads);
        Assert.Equal((1, (long)(Sql.RowBytes + "~room/hall of \u0001room/hall".Length)), await UsageAsync("\u0001room/hall", old));

        // a process of the version before makes a thread, and one of this version goes on with it, and the reverse
        await OldRunAsync(old, "new", "ada", Guid.CreateVersion7(), "by the old", updatedAt: 5000);
        Assert.Equal("by the old", Assert.Single((await old.Store.BeginRunAsync(Request("ada", "new"), Token)).History).Content);
        var bobs = Request("bob", "newer");
        await old.Store.BeginRunAsync(bobs, Token);
        await old.Store.CompleteRunAsync(End(bobs, "by the new"), Token);
        await OldRunAsync(old, "newer", "bob", Guid.CreateVersion7(), "by the old", updatedAt: 5000);
        Assert.Equal(["by the new", "by the old"], (await old.Store.BeginRunAsync(Request("bob", "newer"), Token)).History.Select(m => m.Content));
    }

    [Fact]
    public async Task An_owner_has_so_many_threads_and_a_deleted_one_makes_room()
    {
        for (var i = 0; i < 3; i++)
        {
            await SayAsync("ada", $"t{i}", "hello");
        }

        var refused = await BeginAsync("ada", "t3", maxThreads: 3);
        Assert.Equal((RunClaimStatus.OverQuota, StoredQuota.Threads), (refused.Status, refused.Quota));
        Assert.Equal(["t0", "t1", "t2"], (await ListAsync("ada", 10)).Order());
        Assert.Equal((3, 3 * ((2 * Sql.RowBytes) + 5)), await UsageAsync("ada"));

        // threads that are there are used as before, and others are not concerned
        Assert.Equal(RunClaimStatus.Claimed, (await BeginAsync("ada", "t1", maxThreads: 3)).Status);
        Assert.Equal(RunClaimStatus.Claimed, (await BeginAsync("ada", "t2", maxThreads: 1)).Status);
        Assert.Equal(RunClaimStatus.Claimed, (await BeginAsync("bob", "t3", maxThreads: 3)).Status);
        Assert.Equal(ThreadStatus.Ok, (await _open.Threads.DeleteAsync(new DeleteThread { UserId = "ada", ThreadId = "t0" }, Token)).Status);
        Assert.Equal(RunClaimStatus.Claimed, (await BeginAsync("ada", "t3", maxThreads: 3)).Status);
        Assert.Equal(RunClaimStatus.OverQuota, (await BeginAsync("ada", "t0", maxThreads: 3)).Status);
    }

    [Fact]
    public async Task However_many_threads_are_made_at_once_there_are_no_more_than_allowed()
    {
        await using var other = new OpenStore(_options);
        await other.Transactions.InitializeAsync(Token);
        var claims = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() =>
            (i % 2 == 0 ? _open : other).Store.BeginRunAsync(Request("ada", $"t{i}") with { MaxThreads = 5 }, Token))));
        Assert.Equal(5, claims.Count(c => c.Status == RunClaimStatus.Claimed));
        Assert.Equal(15, claims.Count(c => c.Status == RunClaimStatus.OverQuota));
        Assert.Equal(5, (await UsageAsync("ada")).Threads);
    }

    [Fact]
    public async Task Anonymous_users_lose_their_oldest_threads_instead()
    {
        var anonymous = StreamChat.Contracts.KnownUsers.Anonymous;
        await SayAsync(anonymous, "first", "hello");
        var underWay = Request(anonymous, "under way");
        await _open.Store.BeginRunAsync(underWay, Token);
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(RunClaimStatus.Claimed, (await BeginAsync(anonymous, $"t{i}", maxThreads: 25)).Status);
        }

        var left = await ListAsync(anonymous, 100);
        Assert.Contains("t29", left);
        Assert.Contains("under way", left);
        Assert.DoesNotContain("first", left);
        Assert.InRange(left.Count, 5, 25);
        Assert.Equal(left.Count, (await UsageAsync(anonymous)).Threads);
    }

    [Fact]
    public async Task An_owner_and_a_thread_hold_so_many_bytes_and_what_has_begun_is_stored()
    {
        var last = Request("ada", "a") with { MaxBytes = 2000, MaxThreadBytes = 1500 };
        Assert.Equal(RunClaimStatus.Claimed, (await _open.Store.BeginRunAsync(last, Token)).Status);
        await EndAsync(last, new string('ä', 600));
        Assert.Equal((1, (2 * Sql.RowBytes) + 1200), await UsageAsync("ada"));

        var full = await _open.Store.BeginRunAsync(Request("ada", "a") with { MaxBytes = 2000, MaxThreadBytes = 1500 }, Token);
        Assert.Equal((RunClaimStatus.OverQuota, StoredQuota.ThreadBytes), (full.Status, full.Quota));
        await SayAsync("ada", "b", "small");
        var over = await _open.Store.BeginRunAsync(Request("ada", "b") with { MaxBytes = 2000, MaxThreadBytes = 1500 }, Token);
        Assert.Equal((RunClaimStatus.OverQuota, StoredQuota.Bytes), (over.Status, over.Quota));
        Assert.Equal(RunClaimStatus.OverQuota, (await _open.Store.BeginRunAsync(Request("ada", "new") with { MaxBytes = 2000 }, Token)).Status);
        Assert.Equal(["a", "b"], (await ListAsync("ada", 10)).Order());
        Assert.Equal(0, await CountAsync("select count(*) from runs where outcome is null"));

        await _open.Threads.DeleteAsync(new DeleteThread { UserId = "ada", ThreadId = "a" }, Token);
        Assert.Equal(RunClaimStatus.Claimed, (await _open.Store.BeginRunAsync(Request("ada", "b") with { MaxBytes = 2000, MaxThreadBytes = 1500 }, Token)).Status);
    }

    [Fact]
    public async Task What_is_counted_is_what_is_stored()
    {
        var run = Request("ada", "t");
        await _open.Store.BeginRunAsync(run, Token);
        var message = new StoredMessage { MessageId = "m", Role = "user", Content = "你好\0", ToolCalls = "[1]", Images = "[22]" };
        await _open.Store.CompleteRunAsync(End(run) with { Messages = [message, message, message with { MessageId = "n" }] }, Token);

        // a run that a busy thread refuses leaves its row
        var busy = Request("ada", "t");
        await _open.Store.BeginRunAsync(busy, Token);
        Assert.Equal(RunClaimStatus.Refused, (await _open.Store.BeginRunAsync(Request("ada", "t") with { MaxWaiting = 0 }, Token)).Status);

        // NUL is stored as U+FFFD, three bytes; the message that came twice is stored once
        Assert.Equal((1, (4 * Sql.RowBytes) + (2 * (6 + 3 + 3 + 4))), await UsageAsync("ada"));
        await EndAsync(busy, "x");
        await _open.Threads.DeleteAsync(new DeleteThread { UserId = "ada", ThreadId = "t" }, Token);
        Assert.Equal((0, 0), await UsageAsync("ada"));
    }

    [Fact]
    public async Task A_user_leaves_so_many_cancels_for_runs_that_are_not_there_and_the_newest_count()
    {
        var clock = new ShiftedClock();
        await using var open = new OpenStore(_options, clock);
        await open.Transactions.InitializeAsync(Token);
        await open.Store.RequestCancelAsync(Guid.CreateVersion7(), "bob", threadId: null, Token);
        var ids = Enumerable.Range(0, 130).Select(_ => Guid.CreateVersion7()).ToList();
        foreach (var id in ids)
        {
            clock.Pass(TimeSpan.FromMilliseconds(5));
            await open.Store.RequestCancelAsync(id, "ada", threadId: null, Token);
        }

        Assert.Equal(100, await CountAsync("select count(*) from cancel_marks where user_id = 'ada'"));
        Assert.Equal(1, await CountAsync("select count(*) from cancel_marks where user_id = 'bob'"));
        Assert.Equal(RunClaimStatus.Claimed, (await open.Store.BeginRunAsync(Request("ada", "t0") with { RunId = ids[29] }, Token)).Status);
        Assert.Equal(RunClaimStatus.Cancelled, (await open.Store.BeginRunAsync(Request("ada", "t1") with { RunId = ids[30] }, Token)).Status);
        Assert.Equal(RunClaimStatus.Cancelled, (await open.Store.BeginRunAsync(Request("ada", "t2") with { RunId = ids[^1] }, Token)).Status);

        // a mark that is left again is the newest
        clock.Pass(TimeSpan.FromMilliseconds(5));
        await open.Store.RequestCancelAsync(ids[31], "ada", threadId: null, Token);
        Assert.Equal(100, await CountAsync("select count(*) from cancel_marks where user_id = 'ada'"));
    }

    [Fact]
    public async Task Every_look_up_of_a_claim_uses_an_index()
    {
        await SayAsync("ada", "default", "hello");
        await SayAsync("bob", "default", "hello");
        var sql = new Sql(_open.Database);
        var threadSql = new ThreadSql(_open.Database);
        foreach (var statement in new[] { sql.BeginRun, sql.FindQuota, sql.CountBytes, sql.TakeTurn, sql.RequestCancel, sql.FindRun, threadSql.Find, threadSql.List, threadSql.Change, threadSql.ListRuns, threadSql.Delete }
            .SelectMany(text => text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            var plan = await ExplainAsync(statement);
            Assert.DoesNotContain(plan, line => IsScan(line));
            if (statement.Contains("coalesce(k.name, k.thread_id) = @ThreadId", StringComparison.Ordinal))
            {
                Assert.Contains(plan, line => line.Contains("threads_by_name", StringComparison.Ordinal));
            }
        }
    }

    private protected abstract Task<StoreOptions> CreateDatabaseAsync();

    protected virtual Task DropDatabaseAsync() => Task.CompletedTask;

    /// <summary>How the database says that it reads all of a table.</summary>
    protected abstract bool IsScan(string line);

    private static RunClaimRequest Request(string userId, string threadId) => new()
    {
        RunId = Guid.CreateVersion7(),
        ThreadId = threadId,
        UserId = userId,
        WorkerId = Worker,
        TakeOver = false,
        HistoryLimit = 1000,
    };

    private static RunCompletion End(RunClaimRequest run, params string[] said) => new()
    {
        RunId = run.RunId,
        UserId = run.UserId,
        WorkerId = Worker,
        Attempt = 1,
        Outcome = RunOutcome.Finished,
        Messages = [.. said.Select((text, i) => new StoredMessage { MessageId = $"{run.RunId}-{i}", Role = "user", Content = text, RunId = run.RunId })],
    };

    private async Task EndAsync(RunClaimRequest run, params string[] said) => Assert.True(await _open.Store.CompleteRunAsync(End(run, said), Token));

    private async Task SayAsync(string userId, string threadId, string text)
    {
        var run = Request(userId, threadId);
        Assert.Equal(RunClaimStatus.Claimed, (await _open.Store.BeginRunAsync(run, Token)).Status);
        await EndAsync(run, text);
    }

    private async Task<RunClaim> BeginAsync(string userId, string threadId, long maxThreads)
    {
        var run = Request(userId, threadId) with { MaxThreads = maxThreads };
        var claim = await _open.Store.BeginRunAsync(run, Token);
        if (claim.Status == RunClaimStatus.Claimed)
        {
            await EndAsync(run);
        }

        return claim;
    }

    private async Task<List<string>> ListAsync(string userId, int limit)
    {
        List<string> all = [];
        string? after = null;
        do
        {
            var page = await _open.Threads.ListAsync(new ListThreads { UserId = userId, After = after, Limit = limit }, Token);
            all.AddRange(page.Threads.Select(t => t.ThreadId));
            after = page.Next;
        }
        while (after is not null);
        return all;
    }

    private async Task<IEnumerable<Guid>> UnderWayAsync(string userId, string threadId) =>
        (await _open.Threads.ListRunsAsync(new ListThreadRuns { UserId = userId, ThreadId = threadId }, Token)).Runs.Select(r => r.RunId);

    private Task<(long Threads, long Bytes)> UsageAsync(string owner, OpenStore? open = null) => (open ?? _open).Transactions.RunAsync(
        async (transaction, token) => (await transaction.Connection.QuerySingleAsync<(long, long)>(transaction.Command(
            "select coalesce(sum(threads), 0), coalesce(sum(bytes), 0) from stored_usage where owner = @owner", new { owner }, token)), false),
        Token);

    private Task<long> CountAsync(string sql) => _open.Transactions.RunAsync(
        async (transaction, token) => (await transaction.Connection.ExecuteScalarAsync<long>(transaction.Command(sql, null, token)), false), Token);

    private static async Task ExecuteAsync(OpenStore open, string sql, object? parameters = null)
    {
        await using var transaction = await open.Database.BeginAsync(Token);
        await transaction.Connection.ExecuteAsync(transaction.Command(sql, parameters, Token));
        await transaction.CommitAsync(Token);
    }

    /// <summary>A whole run as a worker of the version before writes it.</summary>
    private static Task OldRunAsync(OpenStore open, string threadId, string owner, Guid runId, string text, long updatedAt) => ExecuteAsync(
        open,
        """
        insert into threads (thread_id, user_id, created_at, updated_at) values (@threadId, @owner, 0, 0) on conflict (thread_id) do nothing;

        insert into runs (run_id, thread_id, user_id, worker_id, attempt, cancel_requested, created_at, lease_until, turn)
        select @run, @threadId, @owner, 'old', 1, false, 0, 0, 1 from threads t where t.thread_id = @threadId and t.user_id = @owner
        on conflict (run_id) do nothing;

        update runs set outcome = 'Finished', ended_at = 0 where run_id = @run and thread_id = @threadId;

        update threads set updated_at = @updatedAt where thread_id = @threadId;

        insert into messages (thread_id, position, message_id, role, content, run_id, partial, created_at)
        select @threadId, coalesce(max(position), 0) + 1, @message, 'user', @text, @run, false, 0 from messages where thread_id = @threadId
        on conflict (thread_id, message_id) do nothing;
        """,
        new { threadId, owner, run = runId.ToString("D"), message = $"m-{runId}", text, updatedAt });

    /// <summary>Another user's claim of the same name: how many runs may begin, and what of the history is shown.</summary>
    private static async Task<(int Claimed, int Shown)> OldOthersAsync(OpenStore open, string threadId, string owner)
    {
        var claim = await open.Store.BeginRunAsync(Request($"not {owner.Trim('\u0001')}", threadId), Token);
        return (claim.Status == RunClaimStatus.Claimed ? 1 : 0, claim.History.Count);
    }

    private Task<IReadOnlyList<string>> ExplainAsync(string statement) => _open.Transactions.RunAsync(
        async (transaction, token) =>
        {
            var now = 1L;
            var parameters = new
            {
                RunId = Guid.CreateVersion7().ToString("D"),
                UserId = "bob",
                Owner = "bob",
                ThreadId = "default",
                RowKey = "default\u0001bob",
                Key = "default",
                WorkerId = Worker,
                Attempt = 1,
                TakeOver = true,
                HistoryLimit = 10,
                HistoryChars = 1000L,
                Summarised = true,
                WhenBusy = (string?)null,
                DefaultWhenBusy = "Enqueue",
                MaxWaiting = 1,
                MaxThreads = 1L,
                MaxBytes = 1L,
                MaxThreadBytes = 1L,
                ConflictCode = "c",
                ConflictMessage = "m",
                Now = now,
                LeaseUntil = now,
                Expired = now,
                MostMarks = 100,
                Bytes = 1L,
                UpdatedAt = now,
                Limit = 10,
                Title = "t",
            };
            if (_options.Provider == StoreProvider.Postgres)
            {
                // the tables are too small to be worth an index otherwise
                await transaction.Connection.ExecuteAsync(transaction.Command("set local enable_seqscan = off; set local enable_bitmapscan = off", null, token));
                return ((IReadOnlyList<string>)[.. await transaction.Connection.QueryAsync<string>(transaction.Command($"explain {statement}", parameters, token))], false);
            }

            var rows = await transaction.Connection.QueryAsync<(long, long, long, string Detail)>(transaction.Command($"explain query plan {statement}", parameters, token));
            return ((IReadOnlyList<string>)[.. rows.Select(r => r.Detail)], false);
        },
        Token);
}

public sealed class SqliteThreadOwnerTests : ThreadOwnerTests
{
    private readonly TemporaryFolder _folder = new();
    private int _files;

    private protected override Task<StoreOptions> CreateDatabaseAsync() => Task.FromResult(
        new StoreOptions { Provider = StoreProvider.Sqlite, ConnectionString = $"Data Source={_folder.File($"store-{++_files}.db")}", Timeout = TimeSpan.FromSeconds(30) });

    protected override Task DropDatabaseAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    protected override bool IsScan(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.StartsWith("SCAN", StringComparison.Ordinal) && !line.Contains("CONSTANT ROW", StringComparison.Ordinal) && !line.Contains("SUBQUERY", StringComparison.OrdinalIgnoreCase)
            && !new[] { "taken", "busy", "asked", "newest", "shown" }.Any(name => line.EndsWith(name, StringComparison.Ordinal));
    }
}

public sealed class PostgresThreadOwnerTests(PostgresServer server) : ThreadOwnerTests
{
    private protected override async Task<StoreOptions> CreateDatabaseAsync() =>
        new() { Provider = StoreProvider.Postgres, ConnectionString = await server.CreateDatabaseAsync(), Timeout = TimeSpan.FromSeconds(30) };

    protected override bool IsScan(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.Contains("Seq Scan", StringComparison.Ordinal);
    }
}
