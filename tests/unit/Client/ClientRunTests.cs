using StreamChat.Client;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.UnitTests.Client;

/// <summary>What becomes of a run, whatever happens to its connection.</summary>
public sealed class ClientRunTests : IAsyncLifetime
{
    private readonly ClientWorld _world = new();
    private FakeSocket _socket = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private StreamChatClient Client => _world.Client;

    public async ValueTask InitializeAsync() => _socket = await _world.OpenAsync(o => o with { BufferBytes = 20_000, MaxRuns = 8, Patience = TimeSpan.FromSeconds(20) });

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task It_is_asked_for_shown_event_by_event_and_ends()
    {
        Assert.Equal("ws://server/ws/v1?user_id=ada", _socket.Address!.ToString());
        var run = Client.Run(RunRequest.Of("hello", "t") with { Agent = "news", Tools = [new ClientTool { Name = "ask_user" }] });
        Assert.Equal(
            $$"""{"type":"run","runId":"{{run.RunId}}","threadId":"t","messages":[{"role":"user","content":"hello"}],"tools":[{"name":"ask_user"}],"agent":"news"}""",
            (await _socket.SentAsync()).GetRawText());
        _socket.Accept(run.RunId);
        Assert.Equal(new string('f', 32), (await run.Accepted).TraceId);
        new FakeRun(_socket, run.RunId).Start().Text("Hel").Text("lo.").Finish();
        var events = await ReadAsync(run);
        Assert.Equal(
            [typeof(RunStarted), typeof(TextMessageStart), typeof(TextMessageContent), typeof(TextMessageContent), typeof(TextMessageEnd), typeof(RunFinished)],
            events.Select(e => e.GetType()));
        var outcome = await run.GetResultAsync(Cancellation);
        Assert.Equal(("Hello.", "demo", 3L), (outcome.Text, outcome.Result!.Model, outcome.Result.OutputTokens!.Value));
        Assert.Empty(Client.Runs);
    }

    [Fact]
    public async Task A_request_that_was_not_accepted_is_sent_again_and_one_that_was_is_attached_to()
    {
        var first = Client.Run("one");
        var second = Client.Run("two");
        _socket.Accept(second.RunId);
        new FakeRun(_socket, second.RunId).Start().Text("a").Text("b");
        var next = await _world.ComeBackAsync(_socket);
        Assert.Equal($"run {first.RunId}", await next.SentInShortAsync());
        Assert.Equal($$"""{"type":"attach","runId":"{{second.RunId}}","attempt":1,"afterSeq":4}""", (await next.SentAsync()).GetRawText());
        Assert.True(next.HasSentAll);
    }

    [Fact]
    public async Task What_comes_twice_is_dropped_and_what_is_missing_is_fetched_over_a_new_connection()
    {
        var run = await AcceptedAsync();
        var says = new FakeRun(_socket, run.RunId).Start().Text("one ");
        new FakeRun(_socket, run.RunId, afterSeq: 2).Text("one ");
        says.Skip().Text("three ").Text("four ");
        await _socket.TakenAsync();
        Assert.Equal("one ", run.Text);
        Assert.Equal($"attach {run.RunId}", await _socket.SentInShortAsync());
        Assert.True(_socket.HasSentAll);
        _world.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(ConnectionState.Waiting, Client.State);
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        var next = await _world.SocketAsync();
        next.Welcome();
        Assert.Equal(3, (await next.SentAsync()).GetProperty("afterSeq").GetInt64());
        new FakeRun(next, run.RunId, afterSeq: 5).Say("TEXT_MESSAGE_CONTENT", new { messageId = "m1", delta = "two three four " }, fromSeq: 4);
        await next.TakenAsync();
        Assert.Equal("one two three four ", run.Text);
    }

    [Fact]
    public async Task Events_that_stay_away_end_it_as_lost()
    {
        var run = await AcceptedAsync();
        new FakeRun(_socket, run.RunId).Start();
        for (var i = 0; i < 4; i++)
        {
            new FakeRun(_socket, run.RunId, afterSeq: 10).Text("far away");
            await _socket.TakenAsync();
            _world.Time.Advance(TimeSpan.FromSeconds(5));
            if (i < 3)
            {
                Assert.Equal(ConnectionState.Waiting, Client.State);
                _world.Time.Advance(TimeSpan.FromSeconds(4));
                _socket = await _world.SocketAsync();
                _socket.Welcome();
                await _socket.TakenAsync();
            }
        }

        var error = Assert.IsType<ConnectionEndedException>((await run.Completion).Error);
        Assert.Equal(("lost", true), (error.Code, error.Retryable));
    }

    [Fact]
    public async Task A_new_attempt_replaces_what_came_after_the_messages_that_it_keeps()
    {
        var run = await AcceptedAsync();
        new FakeRun(_socket, run.RunId).Start()
            .Text("Let me see. ")
            .Say("TOOL_CALL_START", new { toolCallId = "c1", toolCallName = "calculator", parentMessageId = "m1" })
            .Say("TOOL_CALL_ARGS", new { toolCallId = "c1", delta = "{}" })
            .Say("TOOL_CALL_RESULT", new { messageId = "r1", toolCallId = "c1", content = "4", role = "tool" })
            .Text("It is f", "m2");
        new FakeRun(_socket, run.RunId, attempt: 2).Say("RUN_STARTED", new { threadId = "t", keepMessages = 2 }).Text("It is four.", "m3").Finish();
        new FakeRun(_socket, run.RunId, afterSeq: 7).Text("our", "m2");

        // who only prints text does well by this rule
        var shown = "";
        var events = await ReadAsync(run);
        foreach (var e in events)
        {
            shown = e switch { TextReplaced replaced => replaced.Text, TextMessageContent content => shown + content.Delta, _ => shown };
        }

        Assert.Equal("Let me see. It is four.", shown);
        Assert.Equal(shown, run.Text);
        var replace = Assert.Single(events.OfType<TextReplaced>());
        Assert.Equal((2, 2, "Let me see. ", 2), (replace.Attempt, replace.KeepMessages, replace.Text, replace.Messages.Count));
        Assert.Equal([("assistant", "Let me see. "), ("tool", "4"), ("assistant", "It is four.")], run.Messages.Select(m => (m.Role, m.Content)));
        Assert.Equal(new AnswerToolCall("c1", "calculator", "{}"), Assert.Single(run.Messages[0].ToolCalls));
        Assert.Equal(new RunPosition(2, 4), run.Position);
    }

    [Fact]
    public async Task A_snapshot_stands_for_all_that_was_said()
    {
        var run = Client.Attach(Guid.CreateVersion7());
        new FakeRun(_socket, run.RunId).Say("RUN_STARTED", new { threadId = "t" }).Say("MESSAGES_SNAPSHOT", new
        {
            messages = new[]
            {
                new { role = "user", content = "earlier" }, new { role = "assistant", content = "long ago" },
                new { role = "user", content = "count" }, new { role = "assistant", content = "one two" },
            },
        }).Say("RUN_FINISHED", new { threadId = "t" });
        var events = await ReadAsync(run);
        Assert.Equal("one two", run.Text);
        Assert.Equal("one two", Assert.Single(events.OfType<TextReplaced>()).Text);
    }

    [Fact]
    public async Task A_failed_one_throws_after_its_last_event_and_a_cancelled_one_just_ends()
    {
        var failed = await AcceptedAsync();
        new FakeRun(_socket, failed.RunId).Start().Fail("model_error");
        List<RunEvent> seen = [];
        var error = await Assert.ThrowsAsync<RunFailedException>(async () =>
        {
            await foreach (var e in failed)
            {
                seen.Add(e);
            }
        });
        Assert.Equal(("model_error", true), (error.Code, error.Retryable));
        Assert.IsType<RunError>(seen[^1]);
        await Assert.ThrowsAsync<RunFailedException>(() => failed.GetResultAsync(Cancellation));

        var cancelled = await AcceptedAsync();
        new FakeRun(_socket, cancelled.RunId).Start().Fail("cancelled");
        Assert.IsType<RunError>((await ReadAsync(cancelled))[^1]);
        Assert.True((await cancelled.Completion).IsCancelled);
    }

    [Fact]
    public async Task A_refusal_ends_one_that_was_not_accepted()
    {
        var run = Client.Run("hello");
        await _socket.SentAsync();
        _socket.Refuse(run.RunId, "busy", retryable: true);
        var error = Assert.IsType<RefusedException>((await run.Completion).Error);
        Assert.Equal(("busy", true, "No."), (error.Code, error.Retryable, error.Message));
        await Assert.ThrowsAsync<RefusedException>(() => run.Accepted);

        // one that could not be read has no run id: the one request still unanswered is meant
        var unread = Client.Run("hello");
        await _socket.SentAsync();
        _socket.Say("""{"type":"error","code":"invalid_frame","message":"No.","retryable":false}""");
        Assert.Equal("invalid_frame", (await unread.Completion).Error!.Code);
    }

    [Fact]
    public async Task An_accepted_one_that_cannot_be_attached_to_is_asked_for_until_patience_is_at_an_end()
    {
        var run = await AcceptedAsync();
        new FakeRun(_socket, run.RunId).Start().Text("one ");
        _socket = await _world.ComeBackAsync(_socket);
        await _socket.SentAsync();
        var asked = 0;
        for (var i = 0; !run.IsEnded && i < 30; i++)
        {
            _socket.Refuse(run.RunId, i % 2 == 0 ? "not_found" : "rate_limited", retryable: i % 2 == 1);
            await _socket.TakenAsync();
            _world.Time.Advance(TimeSpan.FromSeconds(5.5));
            if (!run.IsEnded)
            {
                Assert.Equal($"attach {run.RunId}", await _socket.SentInShortAsync());
                asked++;
            }
        }

        Assert.InRange(asked, 3, 6);
        Assert.IsType<RefusedException>((await run.Completion).Error);
    }

    [Fact]
    public async Task One_that_no_worker_has_yet_is_asked_for_by_its_request()
    {
        var run = await AcceptedAsync();
        _socket = await _world.ComeBackAsync(_socket);
        Assert.Equal($"attach {run.RunId}", await _socket.SentInShortAsync());
        _socket.Refuse(run.RunId, "not_found", retryable: false);
        await _socket.TakenAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal($"run {run.RunId}", await _socket.SentInShortAsync());
        new FakeRun(_socket, run.RunId).Start().Text("late").Finish();
        Assert.Equal("late", (await run.GetResultAsync(Cancellation)).Text);
    }

    [Fact]
    public async Task One_of_another_that_is_not_there_fails_at_once()
    {
        var run = Client.Attach(Guid.CreateVersion7());
        _socket.Refuse(run.RunId, "not_found", retryable: false);
        Assert.Equal("not_found", (await run.Completion).Error!.Code);
    }

    [Fact]
    public async Task A_cancel_waits_for_the_acceptance_and_is_said_until_the_end()
    {
        var run = Client.Run("hello");
        await _socket.SentAsync();
        run.Cancel();
        _socket.Accept(run.RunId);
        Assert.Equal($"cancel {run.RunId}", await _socket.SentInShortAsync());
        await _socket.TakenAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal($"cancel {run.RunId}", await _socket.SentInShortAsync());
        _socket = await _world.ComeBackAsync(_socket);
        Assert.Equal($"attach {run.RunId}", await _socket.SentInShortAsync());
        Assert.Equal($"cancel {run.RunId}", await _socket.SentInShortAsync());
        new FakeRun(_socket, run.RunId).Start().Fail("cancelled");
        Assert.True((await run.Completion).IsCancelled);
        _world.Time.Advance(TimeSpan.FromSeconds(9));
        await _socket.TakenAsync();
        Assert.True(_socket.HasSentAll);
    }

    [Fact]
    public async Task A_cancel_in_an_outage_is_sent_when_the_connection_is_back()
    {
        var sent = await AcceptedAsync();
        _socket.Break();
        await _world.StateAsync(ConnectionState.Waiting);
        sent.Cancel();
        var unsent = Client.Run("two");
        unsent.Cancel();
        Assert.True((await unsent.Completion).IsCancelled);
        var next = await _world.SocketAsync();
        next.Welcome();
        Assert.Equal($"attach {sent.RunId}", await next.SentInShortAsync());
        Assert.Equal($"cancel {sent.RunId}", await next.SentInShortAsync());
        Assert.True(next.HasSentAll);
    }

    [Fact]
    public async Task Answers_of_tools_are_given_again_until_the_run_shows_them()
    {
        var run = await AcceptedAsync();
        var says = new FakeRun(_socket, run.RunId).Start().Say("TOOL_CALL_START", new { toolCallId = "c1", toolCallName = "ask_user" });
        run.AnswerTool("c1", "four");
        Assert.Equal($$"""{"type":"tool_result","runId":"{{run.RunId}}","toolCallId":"c1","content":"four"}""", (await _socket.SentAsync()).GetRawText());
        run.AnswerTool("c2", "no", isError: true);
        Assert.True((await _socket.SentAsync()).GetProperty("isError").GetBoolean());
        says.Say("TOOL_CALL_RESULT", new { messageId = "r1", toolCallId = "c1", content = "four", role = "tool" });
        _socket = await _world.ComeBackAsync(_socket);
        Assert.Equal($"attach {run.RunId}", await _socket.SentInShortAsync());
        Assert.Equal("c2", (await _socket.SentAsync()).GetProperty("toolCallId").GetString());
        Assert.True(_socket.HasSentAll);
    }

    [Fact]
    public async Task What_nobody_reads_costs_little_and_none_of_it_is_lost()
    {
        var run = await AcceptedAsync();
        var says = new FakeRun(_socket, run.RunId).Start();
        for (var i = 0; i < 5_000; i++)
        {
            says.Text($"{i} ");
            if (i == 2_500)
            {
                says.Say("TOOL_CALL_START", new { toolCallId = "c1", toolCallName = "search", parentMessageId = "m1" });
                for (var progress = 0; progress < 500; progress++)
                {
                    says.Say("CUSTOM", new { name = "tool_progress", value = new { toolCallId = "c1", progress } });
                }
            }
        }

        says.Finish();
        await run.Completion;
        Assert.InRange(run.Waiting.Bytes, 0, 20_000);
        Assert.InRange(run.Waiting.Count, 5, 300);
        var events = await ReadAsync(run);
        var texts = events.OfType<TextMessageContent>().ToList();
        Assert.Equal(string.Concat(Enumerable.Range(0, 5_000).Select(i => $"{i} ")), string.Concat(texts.Select(t => t.Delta)));
        Assert.Equal(499, events.OfType<CustomEvent>().Last().Value.GetProperty("progress").GetInt32());
        Assert.All(texts.Zip(texts.Skip(1)), pair => Assert.True((pair.Second.FromSeq ?? pair.Second.Seq) > pair.First.Seq));
    }

    [Fact]
    public async Task Who_stops_reading_finds_what_came_meanwhile()
    {
        var run = await AcceptedAsync();
        var says = new FakeRun(_socket, run.RunId).Start().Text("one ");
        await foreach (var e in run)
        {
            if (e is TextMessageContent)
            {
                break;
            }
        }

        says.Text("two ").Finish();
        var rest = await ReadAsync(run);
        Assert.Equal("two ", Assert.IsType<TextMessageContent>(rest[0]).Delta);
        Assert.Equal(3, rest.Count);
    }

    [Fact]
    public async Task Unknown_events_are_passed_on_and_unknown_frames_are_told()
    {
        List<ServerFrame> frames = [];
        Client.FrameReceived += (_, frame) => frames.Add(frame);
        var run = await AcceptedAsync();
        new FakeRun(_socket, run.RunId).Say("RUN_STARTED", new { threadId = "t" }).Say("FROM_THE_FUTURE", new { value = 1 });
        _socket.Say("""{"type":"presence","threadId":"~room/r","members":[]}""");
        _socket.Say("""{"type":"status","state":"degraded"}""");
        _socket.Say("[1]");
        _socket.Say("{");
        _socket.Say("""{"type":7}""");
        new FakeRun(_socket, run.RunId, afterSeq: 2).Finish();
        var events = await ReadAsync(run);
        Assert.Equal("FROM_THE_FUTURE", Assert.IsType<UnknownRunEvent>(events[1]).Type);
        await Eventually.TrueAsync(() => frames.Count == 2);
        Assert.Equal(["presence", "status"], frames.Select(f => f.Type));
    }

    [Fact]
    public void The_same_id_is_the_same_run_and_there_is_a_bound()
    {
        var request = RunRequest.Of("hello") with { RunId = Guid.CreateVersion7() };
        Assert.Same(Client.Run(request), Client.Run(request));
        for (var i = 1; i < 8; i++)
        {
            Client.Run("more");
        }

        Assert.Throws<InvalidOperationException>(() => Client.Run("one too many"));
    }

    private static async Task<List<RunEvent>> ReadAsync(ChatRun run)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        List<RunEvent> events = [];
        await foreach (var e in run.WithCancellation(deadline.Token))
        {
            events.Add(e);
        }

        return events;
    }

    private async Task<ChatRun> AcceptedAsync()
    {
        var run = Client.Run("hello");
        await _socket.SentAsync();
        _socket.Accept(run.RunId);
        await run.Accepted;
        return run;
    }
}
