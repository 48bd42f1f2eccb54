using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;
using StreamChat.ToolWorker.Tools;
using static StreamChat.IntegrationTests.Runs.ScriptedModel;

namespace StreamChat.IntegrationTests.Runs;

/// <summary>What a client sees of runs whose model or tools behave badly, over a real broker.</summary>
public sealed class AgentRunTests(RabbitMqServer broker)
{
    [Fact]
    public async Task Text_tools_and_text_come_in_order()
    {
        await using var service = await StartAsync(Script);
        await using var client = await service.ConnectAsync();
        var run = await client.RunAsync("go");

        Assert.Equal(
            [
                "accepted", "RUN_STARTED", "STEP_STARTED", "CUSTOM",
                "TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END",
                "TOOL_CALL_START", "TOOL_CALL_ARGS", "TOOL_CALL_END", "TOOL_CALL_RESULT",
                "TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END",
                "STEP_FINISHED", "RUN_FINISHED",
            ],
            run.Types);
        Assert.Equal("Let me see. It is 579.", run.Text);

        static async IAsyncEnumerable<ChatResponseUpdate> Script(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (Results(messages).SingleOrDefault() is { } result)
            {
                yield return Text($"It is {result.Result}.");
                yield break;
            }

            yield return Text("Let me ");
            yield return Text("see. ");
            yield return Call("c1", "calculator", ("expression", "123 + 456"));
        }
    }

    [Fact]
    public async Task A_hand_off_is_seen_as_an_event_and_the_thread_stays_with_the_agent()
    {
        await using var service = await StartAsync(Script);
        await using var client = await service.ConnectAsync();
        var first = await client.RunAsync("rain?", threadId: "t");
        Assert.Equal(
            [
                "accepted", "RUN_STARTED", "STEP_STARTED", "CUSTOM", "STEP_FINISHED", "CUSTOM", "STEP_STARTED", "CUSTOM",
                "TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END", "STEP_FINISHED", "RUN_FINISHED",
            ],
            first.Types);
        Assert.Equal("Weather Agent: rain?", first.Text);

        // the next run begins there, and sees the call with its result
        var second = await client.RunAsync("snow?", threadId: "t");
        Assert.Single(second.Types, "STEP_STARTED");
        Assert.Equal("Weather Agent: snow?", second.Text);
        Assert.Equal("Triage Agent: hello", (await client.RunAsync("hello", threadId: "another")).Text);

        static async IAsyncEnumerable<ChatResponseUpdate> Script(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            Assert.Equal(messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().Select(c => c.CallId), Results(messages).Select(r => r.CallId));
            var agent = messages[0].Text["You are ".Length..messages[0].Text.IndexOf('.', StringComparison.Ordinal)];
            var question = messages.Last(m => m.Role == ChatRole.User).Text;
            yield return question == "rain?" && agent == "Triage Agent" ? Call("c1", "transfer_to_weather") : Text($"{agent}: {question}");
        }
    }

    [Fact]
    public async Task Ten_tools_called_at_once_run_at_once()
    {
        // each call waits for the tenth: one after the other they would wait for ever
        var arrived = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var together = NewTool("together", async () =>
        {
            if (Interlocked.Increment(ref arrived) == 10)
            {
                all.SetResult();
            }

            await all.Task;
            return "met";
        });
        await using var service = await StartAsync(CallOnce(Enumerable.Range(0, 10).Select(i => Call($"c{i}", "together"))), [together]);
        await using var client = await service.ConnectAsync();
        var run = await client.RunAsync("go");

        Assert.Equal("RUN_FINISHED", run.End);
        Assert.Equal(10, run.ToolCalls.Count(c => c is { Result: "met", IsError: false }));
    }

    [Fact]
    public async Task A_tool_that_hangs_fails_or_is_unknown_is_an_error_that_the_model_sees_and_the_run_goes_on()
    {
        var hangs = NewTool("hangs", async () => await new TaskCompletionSource<string>().Task, TimeSpan.FromMilliseconds(300));
        var throws = NewTool("throws", () => throw new InvalidOperationException("secret /etc/passwd"));
        var large = NewTool("large", () => Task.FromResult(new string('x', 10_000_000)));
        var calls = new[] { Call("c1", "hangs"), Call("c2", "throws"), Call("c3", "large"), Call("c4", "nowhere"), Call("c5", "calculator", ("expression", "1/0")) };
        List<string> seen = [];
        await using var service = await StartAsync(CallOnce(calls, results => seen.AddRange(results.Select(r => r.Result?.ToString() ?? ""))), [hangs, throws, large]);
        await using var client = await service.ConnectAsync();
        var run = await client.RunAsync("go");

        Assert.Equal("RUN_FINISHED", run.End);
        Assert.All(run.ToolCalls, c => Assert.True(c.IsError, c.Name));
        Assert.Contains("did not answer within 0.3 s", run.ToolCalls[0].Result, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", run.ToolCalls[1].Result, StringComparison.Ordinal);
        Assert.Contains("65536", run.ToolCalls[2].Result, StringComparison.Ordinal);
        Assert.Equal("Tool not found: nowhere", run.ToolCalls[3].Result);
        Assert.Equal(5, seen.Count(s => s.StartsWith("Error: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_model_that_fails_in_the_middle_ends_the_run_and_what_it_said_is_kept()
    {
        await using var service = await StartAsync(Script);
        await using var client = await service.ConnectAsync();
        var run = await client.RunAsync("go", threadId: "t");
        Assert.Equal(("RUN_ERROR", "model_error", "half an "), (run.End, run.Code, run.Text));

        // the next request of the thread sees it
        Assert.Equal("go|half an |again", (await client.RunAsync("again", threadId: "t")).Text);

        static async IAsyncEnumerable<ChatResponseUpdate> Script(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (messages[^1].Text == "again")
            {
                yield return Text(string.Join('|', messages.Skip(1).Select(m => m.Text)));
                yield break;
            }

            yield return Text("half an ");
            throw new InvalidOperationException("api key sk-123 refused");
        }
    }

    [Fact]
    public async Task A_model_that_never_stops_is_stopped_by_the_clock()
    {
        await using var service = await StartAsync(Forever, null, ("Limits:Run:WallTime", "00:00:01"));
        await using var client = await service.ConnectAsync();
        var run = await client.RunAsync("go");
        Assert.Equal(("RUN_ERROR", "limit_reached"), (run.End, run.Code));
        Assert.NotEqual("", run.Text);
    }

    [Fact]
    public async Task A_model_that_calls_tools_without_end_is_stopped()
    {
        var round = 0;
        await using var service = await StartAsync((_, _) => Once(Call($"c{++round}", "calculator", ("expression", "1+1"))), null, ("Limits:Run:ToolRounds", "3"));
        await using var client = await service.ConnectAsync();
        var run = await client.RunAsync("go");
        Assert.Equal(("RUN_ERROR", "limit_reached"), (run.End, run.Code));
        Assert.Equal(3, run.ToolCalls.Count(c => c.Result == "2"));
    }

    [Fact]
    public async Task Runs_past_the_servers_limit_are_refused_and_the_place_of_one_that_ended_is_free()
    {
        await using var service = await StartAsync(Forever, null, ("Limits:RunsInFlight", "2"));
        await using var client = await service.ConnectAsync();
        await using var other = await service.ConnectAsync("grace");
        var first = new Transcript(await client.StartAsync("go"));
        await client.ReadUntilAsync(first, () => first.Deltas > 0);
        var second = new Transcript(await other.StartAsync("go"));
        await other.ReadUntilAsync(second, () => second.Deltas > 0);
        Assert.Equal("busy", (await other.RunAsync("go")).Code);

        await client.SendAsync($$"""{"type":"cancel","runId":"{{first.RunId}}"}""");
        await client.ReadToEndAsync(first);

        // the client may read the end before the gateway has freed the place; a rejection that may be retried is
        var third = new Transcript(await client.StartAsync("go"));
        await client.ReadUntilAsync(third, () => third.Deltas > 0 || third.End is not null);
        for (var i = 0; i < 10 && third.Code == "busy"; i++)
        {
            third = new Transcript(await client.StartAsync("go"));
            await client.ReadUntilAsync(third, () => third.Deltas > 0 || third.End is not null);
        }

        Assert.True(third.Deltas > 0, third.Code);
    }

    [Fact]
    public async Task Cancel_reaches_the_model_itself()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var service = await StartAsync((_, token) =>
        {
            token.Register(() => stopped.TrySetResult());
            return Forever([], token);
        });
        await using var client = await service.ConnectAsync();
        var run = new Transcript(await client.StartAsync("go"));
        await client.ReadUntilAsync(run, () => run.Deltas > 0);
        await client.SendAsync($$"""{"type":"cancel","runId":"{{run.RunId}}"}""");
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await client.ReadToEndAsync(run);
        Assert.Equal("cancelled", run.Code);
    }

    [Fact]
    public async Task A_run_cancelled_while_it_waits_for_a_worker_never_reaches_the_model()
    {
        var asked = 0;
        await using var service = await StartAsync(
            (messages, token) =>
            {
                Interlocked.Increment(ref asked);
                return Forever(messages, token);
            },
            null,
            ("Worker:Runs", "1"));
        await using var client = await service.ConnectAsync();
        var first = new Transcript(await client.StartAsync("occupies the worker"));
        await client.ReadUntilAsync(first, () => first.Deltas > 0);
        var second = new Transcript(await client.StartAsync("waits"));
        second.Add(await client.ReceiveAsync("accepted"));
        await client.SendAsync($$"""{"type":"cancel","runId":"{{second.RunId}}"}""");

        // the worker is set free only when the note is in the store
        await Eventually.GetAsync(() => service.CountAsync("cancel_marks"), count => count == 1);
        await client.SendAsync($$"""{"type":"cancel","runId":"{{first.RunId}}"}""");
        await client.ReadToEndAsync(second);
        Assert.Equal("cancelled", second.Code);
        Assert.Equal("", second.Text);
        Assert.Equal(1, asked);
    }

    private Task<WholeService> StartAsync(
        Func<IReadOnlyList<ChatMessage>, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> script,
        IEnumerable<Tool>? tools = null,
        params (string Key, string Value)[] settings) => StartAsync(broker, script, tools, settings);

    private static async Task<WholeService> StartAsync(
        RabbitMqServer broker,
        Func<IReadOnlyList<ChatMessage>, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> script,
        IEnumerable<Tool>? tools,
        (string Key, string Value)[] settings) =>
        await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), script, tools, store: null, settings);

    private static IEnumerable<FunctionResultContent> Results(IReadOnlyList<ChatMessage> messages) =>
        messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>();

    private static Func<IReadOnlyList<ChatMessage>, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> CallOnce(
        IEnumerable<ChatResponseUpdate> calls, Action<IEnumerable<FunctionResultContent>>? onResults = null) => (messages, _) =>
    {
        if (!Results(messages).Any())
        {
            return Once([.. calls]);
        }

        onResults?.Invoke(Results(messages));
        return Once(Text("done"));
    };

    private static async IAsyncEnumerable<ChatResponseUpdate> Once(params ChatResponseUpdate[] updates)
    {
        await Task.Yield();
        foreach (var update in updates)
        {
            yield return update;
        }
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Forever(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            yield return Text("on ");
        }
    }

    private static Tool NewTool(string name, Func<Task<string>> work, TimeSpan? timeout = null) =>
        new(AIFunctionFactory.Create(work, name, "For the test."), timeout ?? TimeSpan.FromSeconds(20), SafeToRepeat: true);
}
