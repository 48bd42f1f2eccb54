using Dapper;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;
using StreamChat.Storage;

namespace StreamChat.IntegrationTests.Storage;

/// <summary>What the store promises, whatever the database.</summary>
public abstract class ConversationStoreTests : IAsyncLifetime
{
    private const string Alice = "alice";
    private const string Bob = "bob";
    private const string Thread = "thread-1";

    private readonly List<OpenStore> _open = [];
    private StoreOptions _options = null!;
    private SqlConversationStore _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _options = await CreateDatabaseAsync();
        _store = Open();
        await MigrateAsync(_store);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _open)
        {
            await store.DisposeAsync();
        }

        await DropDatabaseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_new_run_is_claimed_as_its_first_attempt_with_an_empty_history()
    {
        var claim = await _store.BeginRunAsync(Request(Guid.CreateVersion7()), Token);

        Assert.Equal(RunClaimStatus.Claimed, claim.Status);
        Assert.Equal(1, claim.Attempt);
        Assert.Empty(claim.History);
    }

    [Fact]
    public async Task Messages_come_back_as_they_were_written_oldest_first()
    {
        StoredMessage[] messages =
        [
            new() { MessageId = "u1", Role = "user", Content = "Wie geht es dir? 你好 👋" },
            new() { MessageId = "a1", Role = "assistant", Content = "", ToolCalls = """[{"id":"c1","name":"time","arguments":"{}"}]""", RunId = Guid.CreateVersion7() },
            new() { MessageId = "t1", Role = "tool", Content = "12:00", ToolCallId = "c1", RunId = Guid.CreateVersion7() },
            new() { MessageId = "a2", Role = "assistant", Content = "Es ist zw", RunId = Guid.CreateVersion7(), Partial = true },
        ];
        await RunAsync(Guid.CreateVersion7(), messages);

        var claim = await _store.BeginRunAsync(Request(Guid.CreateVersion7()), Token);

        Assert.Equal(messages, claim.History);
    }

    [Fact]
    public async Task Pictures_come_back_with_the_newest_messages_only()
    {
        const string Images = """[{"mediaType":"image/png","data":"AQID"}]""";
        await RunAsync(Guid.CreateVersion7(), [.. Enumerable.Range(1, 15).Select(i => User($"m{i}") with { Images = Images })]);

        var claim = await _store.BeginRunAsync(Request(Guid.CreateVersion7()), Token);

        Assert.Equal(15, claim.History.Count);
        Assert.Equal(["m4", "m5", "m6", "m7", "m8", "m9", "m10", "m11", "m12", "m13", "m14", "m15"], claim.History.Where(m => m.Images == Images).Select(m => m.MessageId));
    }

    [Fact]
    public async Task Only_the_newest_messages_are_loaded_up_to_the_limit()
    {
        await RunAsync(Guid.CreateVersion7(), [.. Enumerable.Range(1, 10).Select(i => User($"m{i}"))]);

        var claim = await _store.BeginRunAsync(Request(Guid.CreateVersion7()) with { HistoryLimit = 3 }, Token);

        Assert.Equal(["m8", "m9", "m10"], claim.History.Select(m => m.MessageId));
    }

    [Fact]
    public async Task A_message_whose_id_is_there_is_not_written_again()
    {
        await RunAsync(Guid.CreateVersion7(), [User("m1", "first")]);
        await RunAsync(Guid.CreateVersion7(), [User("m1", "again"), User("m2", "second")]);

        var claim = await _store.BeginRunAsync(Request(Guid.CreateVersion7()), Token);

        Assert.Equal(["first", "second"], claim.History.Select(m => m.Content));
    }

    [Fact]
    public async Task The_agent_that_a_thread_is_with_is_told_to_the_next_run_and_kept_by_one_that_names_none()
    {
        var first = Guid.CreateVersion7();
        Assert.Null((await _store.BeginRunAsync(Request(first), Token)).Agent);
        Assert.True(await _store.CompleteRunAsync(Completion(first, []) with { Agent = "Weather Agent" }, Token));

        var second = Guid.CreateVersion7();
        Assert.Equal("Weather Agent", (await _store.BeginRunAsync(Request(second), Token)).Agent);
        Assert.True(await _store.CompleteRunAsync(Completion(second, []) with { Outcome = RunOutcome.Failed, Agent = null }, Token));

        var third = Guid.CreateVersion7();
        Assert.Equal("Weather Agent", (await _store.BeginRunAsync(Request(third), Token)).Agent);
        var takenOver = await _store.BeginRunAsync(Request(third) with { WorkerId = "worker-2", TakeOver = true }, Token);
        Assert.Equal((2, "Weather Agent"), (takenOver.Attempt, takenOver.Agent));
        Assert.False(await _store.CompleteRunAsync(Completion(third, []) with { Agent = "News Agent" }, Token));
        Assert.True(await _store.CompleteRunAsync(Completion(third, []) with { WorkerId = "worker-2", Attempt = 2, Agent = "Recipe Agent" }, Token));

        Assert.Equal("Recipe Agent", (await _store.BeginRunAsync(Request(Guid.CreateVersion7()), Token)).Agent);
        Assert.Null((await _store.BeginRunAsync(Request(Guid.CreateVersion7()) with { ThreadId = "another" }, Token)).Agent);
        Assert.Null((await _store.BeginRunAsync(Request(Guid.CreateVersion7()) with { UserId = Bob }, Token)).Agent);
    }

    [Fact]
    public async Task A_database_of_the_first_release_gets_what_is_new_and_keeps_what_it_has()
    {
        _options = await CreateDatabaseAsync();
        var store = Open();
        await using (var transaction = await _open[^1].Database.BeginAsync(Token))
        {
            await transaction.Connection.ExecuteAsync(transaction.Command(
                "create table schema_versions (version integer not null primary key, applied_at bigint not null)", null, Token));
            await transaction.Connection.ExecuteAsync(transaction.Command(Migrations.Read(1), null, Token));
            await transaction.Connection.ExecuteAsync(transaction.Command(
                """
                insert into schema_versions (version, applied_at) values (1, 0);
                insert into threads (thread_id, user_id, created_at, updated_at) values (@Thread, @Alice, 0, 0);
                insert into messages (thread_id, position, message_id, role, content, partial, created_at)
                values (@Thread, 1, 'm1', 'user', 'old', false, 0);
                """,
                new { Thread, Alice },
                Token));
            await transaction.CommitAsync(Token);
        }

        await MigrateAsync(store);
        var claim = await store.BeginRunAsync(Request(Guid.CreateVersion7()), Token);
        Assert.Null(claim.Agent);
        Assert.Equal("old", Assert.Single(claim.History).Content);
    }

    [Fact]
    public async Task Text_that_a_database_refuses_is_stored_with_replacements()
    {
        await RunAsync(Guid.CreateVersion7(), [User("m1", "nul \0, half \ud83d, whole \ud83d\udc4b")]);

        var claim = await _store.BeginRunAsync(Request(Guid.CreateVersion7()), Token);

        Assert.Equal("nul \ufffd, half \ufffd, whole \ud83d\udc4b", Assert.Single(claim.History).Content);
    }

    [Fact]
    public async Task A_run_sent_twice_is_active_the_second_time_also_for_the_same_worker()
    {
        var request = Request(Guid.CreateVersion7());
        await _store.BeginRunAsync(request, Token);

        var second = await _store.BeginRunAsync(request, Token);

        Assert.Equal(RunClaimStatus.Active, second.Status);
        Assert.Equal("worker-1", second.Record!.WorkerId);
        Assert.Equal(1, second.Record.Attempt);
        Assert.Null(second.Record.Outcome);
    }

    [Fact]
    public async Task Of_workers_that_begin_one_run_at_once_exactly_one_gets_it()
    {
        var other = Open();
        await MigrateAsync(other);
        for (var round = 0; round < 25; round++)
        {
            var runId = Guid.CreateVersion7();
            var thread = $"race-{round}";
            var claims = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() =>
                (i % 2 == 0 ? _store : other).BeginRunAsync(Request(runId) with { ThreadId = thread, WorkerId = Worker(i) }, Token))));

            var winner = Assert.Single(Enumerable.Range(0, 4), i => claims[i].Status == RunClaimStatus.Claimed);
            Assert.All(claims.Where((_, i) => i != winner), claim =>
            {
                Assert.Equal(RunClaimStatus.Active, claim.Status);
                Assert.Equal(Worker(winner), claim.Record!.WorkerId);
            });
        }
    }

    [Fact]
    public async Task Runs_that_make_one_thread_at_once_all_begin_and_their_messages_get_positions_of_their_own()
    {
        var other = Open();
        await MigrateAsync(other);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
        {
            var store = i % 2 == 0 ? _store : other;
            var runId = Guid.CreateVersion7();
            var claim = await store.BeginRunAsync(Request(runId), Token);
            Assert.Contains(claim.Status, new[] { RunClaimStatus.Claimed, RunClaimStatus.Waiting });
            Assert.True(await store.CompleteRunAsync(Completion(runId, [User($"u{i}"), User($"a{i}")]), Token));
        })));

        var history = (await _store.BeginRunAsync(Request(Guid.CreateVersion7()), Token)).History;

        Assert.Equal(40, history.Count);
        Assert.All(history.Chunk(2), pair => Assert.Equal("a" + pair[0].MessageId[1..], pair[1].MessageId));
    }

    [Fact]
    public async Task Another_users_thread_of_the_same_name_is_a_thread_of_its_own()
    {
        await RunAsync(Guid.CreateVersion7(), [User("secret")]);

        var claim = await _store.BeginRunAsync(Request(Guid.CreateVersion7()) with { UserId = Bob }, Token);

        Assert.Equal(RunClaimStatus.Claimed, claim.Status);
        Assert.Empty(claim.History);
        Assert.Null(claim.Record);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_users_run_is_forbidden_and_leaves_no_thread_behind(bool takeOver)
    {
        var runId = Guid.CreateVersion7();
        await _store.BeginRunAsync(Request(runId), Token);

        var claim = await _store.BeginRunAsync(
            Request(runId) with { UserId = Bob, ThreadId = "bobs", WorkerId = "worker-2", TakeOver = takeOver }, Token);
        var alices = await _store.BeginRunAsync(Request(Guid.CreateVersion7()) with { ThreadId = "bobs" }, Token);

        Assert.Equal(RunClaimStatus.Forbidden, claim.Status);
        Assert.Null(claim.Record);
        Assert.Equal(RunClaimStatus.Claimed, alices.Status);
        Assert.Equal("worker-1", (await _store.FindRunAsync(runId, Alice, null, Token))!.WorkerId);
    }

    [Fact]
    public async Task A_taken_over_run_is_a_new_attempt_and_the_old_claim_can_write_nothing()
    {
        var runId = Guid.CreateVersion7();
        await _store.BeginRunAsync(Request(runId), Token);

        var claim = await _store.BeginRunAsync(Request(runId) with { WorkerId = "worker-2", TakeOver = true }, Token);
        var old = await _store.CompleteRunAsync(Completion(runId, [User("lost")]), Token);
        var current = await _store.CompleteRunAsync(
            Completion(runId, [User("kept")]) with { WorkerId = "worker-2", Attempt = 2 }, Token);

        Assert.Equal(RunClaimStatus.Claimed, claim.Status);
        Assert.Equal(2, claim.Attempt);
        Assert.False(old);
        Assert.True(current);
        var history = (await _store.BeginRunAsync(Request(Guid.CreateVersion7()), Token)).History;
        Assert.Equal("kept", Assert.Single(history).MessageId);
    }

    [Fact]
    public async Task A_worker_that_takes_over_from_itself_fences_its_earlier_attempt()
    {
        var runId = Guid.CreateVersion7();
        await _store.BeginRunAsync(Request(runId), Token);
        await _store.BeginRunAsync(Request(runId) with { TakeOver = true }, Token);

        Assert.False(await _store.CompleteRunAsync(Completion(runId, []), Token));
        Assert.True(await _store.CompleteRunAsync(Completion(runId, []) with { Attempt = 2 }, Token));
    }

    [Fact]
    public async Task A_redelivered_run_that_never_began_is_a_first_attempt()
    {
        var claim = await _store.BeginRunAsync(Request(Guid.CreateVersion7()) with { TakeOver = true }, Token);

        Assert.Equal(RunClaimStatus.Claimed, claim.Status);
        Assert.Equal(1, claim.Attempt);
    }

    [Fact]
    public async Task An_ended_run_stays_ended_also_when_taken_over_and_tells_its_outcome()
    {
        var runId = Guid.CreateVersion7();
        await _store.BeginRunAsync(Request(runId), Token);
        await _store.CompleteRunAsync(
            Completion(runId, []) with { Outcome = RunOutcome.Failed, ErrorCode = RunErrorCodes.ModelError, ErrorMessage = "no\0" }, Token);

        var again = await _store.BeginRunAsync(Request(runId) with { WorkerId = "worker-2", TakeOver = true }, Token);

        Assert.Equal(RunClaimStatus.Ended, again.Status);
        Assert.Equal(
            new RunRecord
            {
                RunId = runId,
                ThreadId = Thread,
                UserId = Alice,
                WorkerId = "worker-1",
                Attempt = 1,
                Outcome = RunOutcome.Failed,
                ErrorCode = RunErrorCodes.ModelError,
                ErrorMessage = "no\ufffd",
            },
            again.Record);
    }

    [Fact]
    public async Task A_run_completes_once()
    {
        var runId = Guid.CreateVersion7();
        await _store.BeginRunAsync(Request(runId), Token);

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(i =>
            Task.Run(() => _store.CompleteRunAsync(Completion(runId, [User($"m{i}")]), Token))));

        Assert.Single(answers, true);
        Assert.Single((await _store.BeginRunAsync(Request(Guid.CreateVersion7()), Token)).History);
    }

    [Fact]
    public async Task A_run_that_was_never_begun_cannot_be_completed() =>
        Assert.False(await _store.CompleteRunAsync(Completion(Guid.CreateVersion7(), [User("m1")]), Token));

    [Fact]
    public async Task A_cancel_names_the_worker_to_tell_and_holds_for_the_one_that_takes_over()
    {
        var runId = Guid.CreateVersion7();
        await _store.BeginRunAsync(Request(runId), Token);

        var worker = await _store.RequestCancelAsync(runId, Alice, threadId: null, Token);
        var claim = await _store.BeginRunAsync(Request(runId) with { WorkerId = "worker-2", TakeOver = true }, Token);

        Assert.Equal("worker-1", worker);
        Assert.Equal(RunClaimStatus.Cancelled, claim.Status);
        Assert.Equal(2, claim.Attempt);
    }

    [Fact]
    public async Task A_run_cancelled_before_it_began_is_claimed_as_cancelled_and_can_be_ended()
    {
        var runId = Guid.CreateVersion7();
        await RunAsync(Guid.CreateVersion7(), [User("m1")]);

        var worker = await _store.RequestCancelAsync(runId, Alice, threadId: null, Token);
        var claim = await _store.BeginRunAsync(Request(runId), Token);
        var ended = await _store.CompleteRunAsync(
            Completion(runId, [User("m2")]) with { Outcome = RunOutcome.Cancelled, ErrorCode = RunErrorCodes.Cancelled }, Token);

        Assert.Null(worker);
        Assert.Equal(RunClaimStatus.Cancelled, claim.Status);
        Assert.Equal(1, claim.Attempt);
        Assert.Single(claim.History);
        Assert.True(ended);
        Assert.Equal(RunOutcome.Cancelled, (await _store.FindRunAsync(runId, Alice, null, Token))!.Outcome);
    }

    [Fact]
    public async Task Somebody_elses_cancel_stops_nothing_before_or_after_the_run_began()
    {
        var runId = Guid.CreateVersion7();

        var before = await _store.RequestCancelAsync(runId, Bob, threadId: null, Token);
        var claim = await _store.BeginRunAsync(Request(runId), Token);
        var after = await _store.RequestCancelAsync(runId, Bob, threadId: null, Token);
        var takenOver = await _store.BeginRunAsync(Request(runId) with { TakeOver = true }, Token);

        Assert.Null(before);
        Assert.Null(after);
        Assert.Equal(RunClaimStatus.Claimed, claim.Status);
        Assert.Equal(RunClaimStatus.Claimed, takenOver.Status);
    }

    [Fact]
    public async Task Somebody_elses_cancel_does_not_stand_in_the_way_of_the_owners()
    {
        var runId = Guid.CreateVersion7();
        await _store.RequestCancelAsync(runId, Bob, threadId: null, Token);
        await _store.RequestCancelAsync(runId, Alice, threadId: null, Token);

        Assert.Equal(RunClaimStatus.Cancelled, (await _store.BeginRunAsync(Request(runId), Token)).Status);
    }

    [Fact]
    public async Task Cancelling_an_ended_run_has_no_effect()
    {
        var runId = Guid.CreateVersion7();
        await RunAsync(runId, []);

        Assert.Null(await _store.RequestCancelAsync(runId, Alice, threadId: null, Token));
        Assert.Equal(RunOutcome.Finished, (await _store.FindRunAsync(runId, Alice, null, Token))!.Outcome);
    }

    [Fact]
    public async Task A_cancel_that_meets_the_beginning_of_its_run_is_never_lost()
    {
        var other = Open();
        await MigrateAsync(other);
        for (var round = 0; round < 40; round++)
        {
            var runId = Guid.CreateVersion7();
            var begin = Task.Run(() => _store.BeginRunAsync(Request(runId), Token), Token);
            var cancel = Task.Run(() => other.RequestCancelAsync(runId, Alice, threadId: null, Token), Token);

            var toldWorker = await cancel is "worker-1";
            var toldRun = (await begin).Status == RunClaimStatus.Cancelled;

            Assert.True(toldWorker ^ toldRun, $"worker told: {toldWorker}, run told: {toldRun}");
        }
    }

    [Fact]
    public async Task Cancels_whose_run_never_came_are_forgotten_after_a_day()
    {
        var clock = new ShiftedClock();
        var past = Open(clock);
        await MigrateAsync(past);
        clock.Pass(TimeSpan.FromHours(-25));
        var stale = Guid.CreateVersion7();
        var fresh = Guid.CreateVersion7();
        await past.RequestCancelAsync(stale, Alice, threadId: null, Token);
        await _store.RequestCancelAsync(fresh, Alice, threadId: null, Token);
        await _store.RequestCancelAsync(Guid.CreateVersion7(), Alice, threadId: null, Token);

        Assert.Equal(RunClaimStatus.Claimed, (await _store.BeginRunAsync(Request(stale), Token)).Status);
        Assert.Equal(RunClaimStatus.Cancelled, (await _store.BeginRunAsync(Request(fresh), Token)).Status);
    }

    [Fact]
    public async Task What_a_run_added_is_loaded_in_order_and_by_its_user_only()
    {
        var runId = Guid.CreateVersion7();
        await RunAsync(Guid.CreateVersion7(), [new() { MessageId = "other", Role = "user", Content = "another run", RunId = Guid.CreateVersion7() }]);
        await RunAsync(
            runId,
            [
                new() { MessageId = "q", Role = "user", Content = "question", RunId = runId },
                new() { MessageId = "a", Role = "assistant", Content = "answer", RunId = runId },
            ]);

        Assert.Equal(["question", "answer"], (await _store.LoadRunAsync(runId, Alice, null, Token)).Select(m => m.Content));
        Assert.Empty(await _store.LoadRunAsync(runId, Bob, null, Token));
        Assert.Empty(await _store.LoadRunAsync(Guid.CreateVersion7(), Alice, null, Token));
    }

    [Fact]
    public async Task A_run_is_found_by_its_user_only()
    {
        var runId = Guid.CreateVersion7();
        await _store.BeginRunAsync(Request(runId), Token);

        Assert.Equal("worker-1", (await _store.FindRunAsync(runId, Alice, null, Token))!.WorkerId);
        Assert.Null(await _store.FindRunAsync(runId, Bob, null, Token));
        Assert.Null(await _store.FindRunAsync(Guid.CreateVersion7(), Alice, null, Token));
    }

    [Fact]
    public async Task Processes_that_start_together_migrate_once_and_what_was_stored_survives_the_next_start()
    {
        var runId = Guid.CreateVersion7();
        await RunAsync(runId, [User("m1")]);

        var stores = Enumerable.Range(0, 6).Select(_ => Open()).ToList();
        await Task.WhenAll(stores.Select(s => Task.Run(() => MigrateAsync(s))));

        foreach (var store in stores)
        {
            Assert.Equal(RunOutcome.Finished, (await store.FindRunAsync(runId, Alice, null, Token))!.Outcome);
        }
    }

    [Fact]
    public async Task An_empty_database_is_migrated_once_by_processes_that_start_together()
    {
        _options = await CreateDatabaseAsync();
        var stores = Enumerable.Range(0, 6).Select(_ => Open()).ToList();

        await Task.WhenAll(stores.Select(s => Task.Run(() => MigrateAsync(s))));

        await using var transaction = await _open[^1].Database.BeginAsync(Token);
        var versions = await transaction.Connection.QueryAsync<int>(
            transaction.Command("select version from schema_versions order by version", null, Token));
        var files = from name in typeof(Migrations).Assembly.GetManifestResourceNames()
                    where name.StartsWith("migrations/", StringComparison.Ordinal)
                    select int.Parse(name.AsSpan("migrations/".Length, 4), provider: null);
        Assert.Equal(files.Order(), versions);
    }

    [Fact]
    public async Task Before_it_is_initialized_every_call_says_unavailable()
    {
        var store = Open();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.BeginRunAsync(Request(Guid.CreateVersion7()), Token));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.FindRunAsync(Guid.CreateVersion7(), Alice, null, Token));
    }

    [Fact]
    public async Task A_call_that_cannot_get_its_lock_says_unavailable_at_its_deadline_and_works_again_after()
    {
        var hurried = Open(timeout: TimeSpan.FromSeconds(2));
        await MigrateAsync(hurried);
        var runId = Guid.CreateVersion7();
        await _store.BeginRunAsync(Request(runId), Token);

        await using (var blocker = await _open[0].Database.BeginAsync(Token))
        {
            await blocker.Connection.ExecuteAsync(blocker.Command("update runs set attempt = attempt", null, Token));
            await Assert.ThrowsAsync<StoreUnavailableException>(() => hurried.CompleteRunAsync(Completion(runId, []), Token));
        }

        Assert.True(await hurried.CompleteRunAsync(Completion(runId, []), Token));
    }

    [Fact]
    public async Task Cancellation_by_the_caller_stays_cancellation() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _store.FindRunAsync(Guid.CreateVersion7(), Alice, null, new CancellationToken(canceled: true)));

    [Fact]
    public async Task Anybody_whom_the_gateway_lets_in_runs_in_a_rooms_thread_and_nobody_else()
    {
        var room = Request(Guid.CreateVersion7()) with { ThreadId = "~room/hall", RoomId = "hall" };
        Assert.Equal(RunClaimStatus.Claimed, (await _store.BeginRunAsync(room, Token)).Status);
        Assert.True(await _store.CompleteRunAsync(Completion(room.RunId, [User("m1")]), Token));

        var bobs = await _store.BeginRunAsync(room with { RunId = Guid.CreateVersion7(), UserId = Bob }, Token);
        Assert.Equal(RunClaimStatus.Claimed, bobs.Status);
        Assert.Equal("m1", Assert.Single(bobs.History).MessageId);

        // not even the user who made the thread sees it without the room; nor another room; nor a user who has the room's name
        RunClaimRequest[] others = [room with { RoomId = null }, room with { RoomId = "den" }, room with { RoomId = null, UserId = "hall" }];
        foreach (var request in others)
        {
            var claim = await _store.BeginRunAsync(request with { RunId = Guid.CreateVersion7() }, Token);
            Assert.Equal((RunClaimStatus.Claimed, 0), (claim.Status, claim.History.Count));
        }

        // and no room sees the thread of a user
        await RunAsync(Guid.CreateVersion7(), [User("mine")]);
        var rooms = await _store.BeginRunAsync(Request(Guid.CreateVersion7()) with { RoomId = "hall" }, Token);
        Assert.Equal((RunClaimStatus.Claimed, 0), (rooms.Status, rooms.History.Count));
    }

    [Fact]
    public async Task A_run_in_a_room_is_its_users_to_cancel_and_its_threads_to_see()
    {
        var room = Request(Guid.CreateVersion7()) with { ThreadId = "~room/hall", RoomId = "hall" };
        await _store.BeginRunAsync(room, Token);
        Assert.Null(await _store.RequestCancelAsync(room.RunId, Bob, threadId: null, Token));
        Assert.Null(await _store.RequestCancelAsync(room.RunId, Bob, "~room/den", Token));
        Assert.Equal("worker-1", await _store.RequestCancelAsync(room.RunId, Bob, "~room/hall", Token));
        Assert.Equal("worker-1", await _store.RequestCancelAsync(room.RunId, Alice, threadId: null, Token));
        await _store.CompleteRunAsync(Completion(room.RunId, [User("m1") with { RunId = room.RunId }]), Token);

        var record = await _store.FindRunAsync(room.RunId, Bob, "~room/hall", Token);
        Assert.Equal((Alice, "~room/hall"), (record!.UserId, record.ThreadId));
        Assert.Single(await _store.LoadRunAsync(room.RunId, Bob, "~room/hall", Token));
        Assert.Null(await _store.FindRunAsync(room.RunId, Bob, "~room/den", Token));
        Assert.Empty(await _store.LoadRunAsync(room.RunId, Bob, "~room/den", Token));
    }

    [Fact]
    public async Task Runs_of_a_thread_take_turns_in_the_order_of_their_claims()
    {
        var runs = Enumerable.Range(0, 3).Select(_ => Request(Guid.CreateVersion7())).ToList();
        Assert.Equal(RunClaimStatus.Claimed, (await _store.BeginRunAsync(runs[0], Token)).Status);
        var second = await _store.BeginRunAsync(runs[1] with { WorkerId = "worker-2" }, Token);
        var third = await _store.BeginRunAsync(runs[2], Token);
        Assert.Equal((RunClaimStatus.Waiting, RunClaimStatus.Waiting), (second.Status, third.Status));
        Assert.Equal([new RunAhead(runs[0].RunId, Alice, "worker-1")], second.Ahead);
        Assert.Equal([runs[0].RunId, runs[1].RunId], third.Ahead.Select(a => a.RunId));
        Assert.Equal(RunClaimStatus.Claimed, (await _store.BeginRunAsync(Request(Guid.CreateVersion7()) with { ThreadId = "another" }, Token)).Status);

        Assert.Equal(RunClaimStatus.Waiting, (await _store.TakeTurnAsync(runs[1] with { WorkerId = "worker-2" }, 1, Token)).Status);
        Assert.True(await _store.CompleteRunAsync(Completion(runs[0].RunId, [User("m1")]), Token));
        Assert.Equal(RunClaimStatus.Waiting, (await _store.TakeTurnAsync(runs[2], 1, Token)).Status);

        // with the thread as it is now
        var turn = await _store.TakeTurnAsync(runs[1] with { WorkerId = "worker-2" }, 1, Token);
        Assert.Equal((RunClaimStatus.Claimed, 1), (turn.Status, turn.Attempt));
        Assert.Equal("m1", Assert.Single(turn.History).MessageId);
        Assert.True(await _store.CompleteRunAsync(Completion(runs[1].RunId, []) with { WorkerId = "worker-2" }, Token));
        Assert.Equal(RunClaimStatus.Claimed, (await _store.TakeTurnAsync(runs[2], 1, Token)).Status);
    }

    [Fact]
    public async Task Whose_run_was_taken_over_while_it_waited_gets_no_turn_and_the_other_keeps_the_place()
    {
        var first = Request(Guid.CreateVersion7());
        var second = Request(Guid.CreateVersion7());
        var third = Request(Guid.CreateVersion7());
        await _store.BeginRunAsync(first, Token);
        await _store.BeginRunAsync(second, Token);
        await _store.BeginRunAsync(third, Token);
        var takenOver = await _store.BeginRunAsync(second with { WorkerId = "worker-2", TakeOver = true }, Token);
        Assert.Equal((RunClaimStatus.Waiting, 2), (takenOver.Status, takenOver.Attempt));
        Assert.Equal(RunClaimStatus.Active, (await _store.TakeTurnAsync(second, 1, Token)).Status);

        await _store.CompleteRunAsync(Completion(first.RunId, []), Token);
        Assert.Equal(RunClaimStatus.Waiting, (await _store.TakeTurnAsync(third, 1, Token)).Status);
        Assert.Equal(RunClaimStatus.Claimed, (await _store.TakeTurnAsync(second with { WorkerId = "worker-2" }, 2, Token)).Status);
    }

    [Fact]
    public async Task A_run_whose_worker_was_gone_too_long_lets_others_go_first_and_comes_after_them()
    {
        var lost = Request(Guid.CreateVersion7());
        var next = Request(Guid.CreateVersion7());
        await _store.BeginRunAsync(lost with { Lease = TimeSpan.FromMinutes(-1) }, Token);
        Assert.Equal(RunClaimStatus.Claimed, (await _store.BeginRunAsync(next, Token)).Status);
        Assert.Equal(RunClaimStatus.Waiting, (await _store.BeginRunAsync(lost with { TakeOver = true }, Token)).Status);
        await _store.CompleteRunAsync(Completion(next.RunId, []), Token);
        Assert.Equal(RunClaimStatus.Claimed, (await _store.TakeTurnAsync(lost, 2, Token)).Status);
    }

    [Theory]
    [InlineData(ThreadPolicy.Reject, null, 16, true)]
    [InlineData(null, ThreadPolicy.Reject, 16, true)]
    [InlineData(ThreadPolicy.Enqueue, ThreadPolicy.Reject, 16, false)]
    [InlineData(null, null, 0, true)]
    [InlineData(null, null, 1, false)]
    public async Task A_busy_thread_takes_a_run_or_refuses_it_for_good(ThreadPolicy? asked, ThreadPolicy? standard, int waiting, bool refused)
    {
        await _store.BeginRunAsync(Request(Guid.CreateVersion7()), Token);
        var request = Request(Guid.CreateVersion7()) with { WhenBusy = asked, DefaultWhenBusy = standard ?? ThreadPolicy.Enqueue, MaxWaiting = waiting };
        var claim = await _store.BeginRunAsync(request, Token);
        Assert.Equal(refused ? RunClaimStatus.Refused : RunClaimStatus.Waiting, claim.Status);
        var record = await _store.FindRunAsync(request.RunId, Alice, null, Token);
        Assert.Equal(refused ? (RunOutcome.Failed, RunErrorCodes.Conflict) : (null, null), (record!.Outcome, record.ErrorCode));
        Assert.Equal(refused ? RunClaimStatus.Ended : RunClaimStatus.Active, (await _store.BeginRunAsync(request, Token)).Status);
    }

    [Fact]
    public async Task Of_runs_that_meet_in_one_thread_one_goes_first()
    {
        var other = Open();
        await MigrateAsync(other);
        for (var round = 0; round < 10; round++)
        {
            var claims = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() =>
                (i % 2 == 0 ? _store : other).BeginRunAsync(Request(Guid.CreateVersion7()) with { ThreadId = $"meet-{round}" }, Token))));
            Assert.Single(claims, c => c.Status == RunClaimStatus.Claimed);
            Assert.Equal(Enumerable.Range(0, 6), claims.Select(c => c.Ahead.Count).Order());
        }
    }

    [Fact]
    public async Task Only_as_much_text_is_loaded_as_is_wanted_and_one_message_at_least()
    {
        await RunAsync(Guid.CreateVersion7(), [User("m1", new string('a', 100)), User("m2", new string('b', 50)), User("m3", new string('c', 500))]);
        Assert.Equal(["m3"], (await HistoryAsync(100)).Select(m => m.MessageId));
        Assert.Equal(["m2", "m3"], (await HistoryAsync(501)).Select(m => m.MessageId));
        Assert.Equal(["m1", "m2", "m3"], (await HistoryAsync(551)).Select(m => m.MessageId));

        async Task<IReadOnlyList<StoredMessage>> HistoryAsync(long chars) =>
            (await _store.BeginRunAsync(Request(Guid.CreateVersion7()) with { HistoryChars = chars }, Token)).History;
    }

    [Fact]
    public async Task Where_a_run_is_can_be_written_down_by_who_has_it_and_is_known_to_who_takes_it_over()
    {
        var runId = Guid.CreateVersion7();
        Assert.Null((await _store.BeginRunAsync(Request(runId), Token)).Journal);
        Assert.True(await _store.SaveJournalAsync(runId, "worker-1", 1, "first", Token));
        Assert.True(await _store.SaveJournalAsync(runId, "worker-1", 1, "second", Token));

        var takenOver = await _store.BeginRunAsync(Request(runId) with { WorkerId = "worker-2", TakeOver = true }, Token);
        Assert.Equal("second", takenOver.Journal);
        Assert.False(await _store.SaveJournalAsync(runId, "worker-1", 1, "late", Token));
        Assert.True(await _store.CompleteRunAsync(Completion(runId, []) with { WorkerId = "worker-2", Attempt = 2 }, Token));
        Assert.False(await _store.SaveJournalAsync(runId, "worker-2", 2, "too late", Token));
        await using var transaction = await _open[0].Database.BeginAsync(Token);
        Assert.Equal(0, await transaction.Connection.ExecuteScalarAsync<int>(
            transaction.Command("select count(*) from runs where journal is not null", null, Token)));
    }

    [Fact]
    public async Task What_runs_say_is_written_down_for_who_takes_them_over_and_forgotten_at_their_end()
    {
        var checkpoints = _open[0].Checkpoints;
        Guid first = Guid.CreateVersion7(), second = Guid.CreateVersion7();
        await _store.BeginRunAsync(Request(first), Token);
        await _store.BeginRunAsync(Request(second) with { ThreadId = "thread-2" }, Token);
        Assert.Empty(await checkpoints.SaveAsync([Checkpoint(first, 1, "state", new SaidPiece("m1", 0, "Hello ")), Checkpoint(second, 1, null, new SaidPiece("n1", 0, "你好 👋\u0000"))], Token));
        Assert.Empty(await checkpoints.SaveAsync([Checkpoint(first, 2, null, new SaidPiece("m1", 6, "world. "), new SaidPiece("m2", 0, "And"))], Token));

        var claim = await _store.BeginRunAsync(Request(first) with { WorkerId = "worker-2", TakeOver = true }, Token);
        Assert.Equal(("state", 2), (claim.Journal, claim.Attempt));
        Assert.Equal([new SaidText("m1", "Hello world. "), new SaidText("m2", "And")], await checkpoints.LoadTextsAsync(first, Token));
        Assert.Equal([new SaidText("n1", "你好 👋\ufffd")], await checkpoints.LoadTextsAsync(second, Token));

        // the next attempt's own replace them
        Assert.Empty(await checkpoints.SaveAsync([Checkpoint(first, 1, null, new SaidPiece("m1", 0, "Hello world. More")) with { WorkerId = "worker-2", Attempt = 2 }], Token));
        Assert.Equal([new SaidText("m1", "Hello world. More")], await checkpoints.LoadTextsAsync(first, Token));

        Assert.True(await _store.CompleteRunAsync(Completion(first, []) with { WorkerId = "worker-2", Attempt = 2, HasCheckpoint = true }, Token));
        Assert.Empty(await checkpoints.LoadTextsAsync(first, Token));
        Assert.Single(await checkpoints.LoadTextsAsync(second, Token));
    }

    [Fact]
    public async Task What_it_does_not_take_is_told_apart_from_a_database_that_is_away()
    {
        var rejected = await Assert.ThrowsAsync<StoreUnavailableException>(() => _open[0].Transactions.RunAsync(
            async (transaction, token) => (await transaction.Connection.ExecuteAsync(
                transaction.Command("insert into run_texts (run_id, attempt, part, message_id, start_at, content) values ('r', 1, 1, 'm', 0, @Content)", new { Content = (string?)null }, token)), true),
            Token));
        Assert.True(rejected.IsRejected);
        var away = await Assert.ThrowsAsync<StoreUnavailableException>(() => _open[0].Transactions.RunAsync(
            async (transaction, token) => (await transaction.Connection.ExecuteAsync(transaction.Command("select 1 from nothing_of_that_name", null, token)), true), Token));
        Assert.False(away.IsRejected);
    }

    [Fact]
    public async Task Text_that_was_written_down_twice_counts_once()
    {
        var runId = Guid.CreateVersion7();
        await _store.BeginRunAsync(Request(runId), Token);
        await _open[0].Checkpoints.SaveAsync([Checkpoint(runId, 1, null, new SaidPiece("m1", 0, "one "))], Token);
        await _open[0].Checkpoints.SaveAsync([Checkpoint(runId, 2, null, new SaidPiece("m1", 4, "two "))], Token);
        await _open[0].Checkpoints.SaveAsync([Checkpoint(runId, 3, null, new SaidPiece("m1", 4, "two three"))], Token);
        Assert.Equal([new SaidText("m1", "one two three")], await _open[0].Checkpoints.LoadTextsAsync(runId, Token));
    }

    [Fact]
    public async Task Only_the_claim_in_force_writes_down_how_far_its_run_has_come()
    {
        var checkpoints = _open[0].Checkpoints;
        Guid taken = Guid.CreateVersion7(), ended = Guid.CreateVersion7(), ours = Guid.CreateVersion7();
        await RunAsync(ended, []);
        await _store.BeginRunAsync(Request(taken), Token);
        await _store.BeginRunAsync(Request(taken) with { WorkerId = "worker-2", TakeOver = true }, Token);
        await _store.BeginRunAsync(Request(ours), Token);

        var left = await checkpoints.SaveAsync([.. new[] { taken, ended, ours }.Select(id => Checkpoint(id, 1, "late", new SaidPiece("m1", 0, "text")))], Token);
        Assert.Equal(new HashSet<Guid> { taken, ended }, left);
        Assert.Empty(await checkpoints.LoadTextsAsync(taken, Token));
        Assert.Empty(await checkpoints.LoadTextsAsync(ended, Token));
        Assert.Single(await checkpoints.LoadTextsAsync(ours, Token));
        Assert.Null((await _store.BeginRunAsync(Request(taken) with { WorkerId = "worker-3", TakeOver = true }, Token)).Journal);
    }

    [Fact]
    public async Task Workers_that_were_lost_with_a_run_are_counted_and_those_that_gave_it_back_are_not()
    {
        var runId = Guid.CreateVersion7();
        Assert.Equal(0, (await _store.BeginRunAsync(Request(runId), Token)).LostWorkers);
        Assert.Equal(1, (await TakeOverAsync("worker-2")).LostWorkers);

        Assert.Equal(2, (await TakeOverAsync("worker-3")).LostWorkers);

        // before another one has it
        await LetGoAsync("worker-3", 3);
        Assert.Equal(2, (await TakeOverAsync("worker-4")).LostWorkers);

        // when others have it already
        Assert.Equal(3, (await TakeOverAsync("worker-5")).LostWorkers);
        Assert.Equal(4, (await TakeOverAsync("worker-6")).LostWorkers);
        await LetGoAsync("worker-4", 4);
        Assert.Equal(4, (await TakeOverAsync("worker-7")).LostWorkers);

        // of an attempt that is not theirs, or not there
        await LetGoAsync("worker-6", 7);
        await LetGoAsync("worker-7", 8);
        Assert.Equal(5, (await TakeOverAsync("worker-8")).LostWorkers);

        Task<RunClaim> TakeOverAsync(string worker) => _store.BeginRunAsync(Request(runId) with { WorkerId = worker, TakeOver = true }, Token);

        Task LetGoAsync(string worker, int attempt) => _open[0].Checkpoints.LetGoAsync(runId, worker, attempt, Token);
    }

    private protected abstract Task<StoreOptions> CreateDatabaseAsync();

    protected virtual Task DropDatabaseAsync() => Task.CompletedTask;

    private Task MigrateAsync(SqlConversationStore store) => _open.Single(o => o.Store == store).Transactions.InitializeAsync(Token, patient: true);

    private SqlConversationStore Open(TimeProvider? time = null, TimeSpan? timeout = null)
    {
        var options = new StoreOptions
        {
            Provider = _options.Provider,
            ConnectionString = _options.ConnectionString,
            Timeout = timeout ?? TimeSpan.FromSeconds(30),
        };
        _open.Add(new OpenStore(options, time));
        return _open[^1].Store;
    }

    private async Task RunAsync(Guid runId, IReadOnlyList<StoredMessage> messages)
    {
        Assert.Equal(RunClaimStatus.Claimed, (await _store.BeginRunAsync(Request(runId), Token)).Status);
        Assert.True(await _store.CompleteRunAsync(Completion(runId, messages), Token));
    }

    private static RunCheckpoint Checkpoint(Guid runId, int firstPart, string? journal, params SaidPiece[] texts) =>
        new() { RunId = runId, WorkerId = "worker-1", Attempt = 1, Journal = journal, FirstPart = firstPart, Texts = texts };

    private static string Worker(int i) => $"worker-{i}";

    private static RunClaimRequest Request(Guid runId) => new()
    {
        RunId = runId,
        ThreadId = Thread,
        UserId = Alice,
        WorkerId = "worker-1",
        TakeOver = false,
        HistoryLimit = 100,
    };

    private static RunCompletion Completion(Guid runId, IReadOnlyList<StoredMessage> messages) => new()
    {
        RunId = runId,
        UserId = Alice,
        WorkerId = "worker-1",
        Attempt = 1,
        Outcome = RunOutcome.Finished,
        Messages = messages,
    };

    private static StoredMessage User(string id, string content = "hello") =>
        new() { MessageId = id, Role = "user", Content = content };
}
