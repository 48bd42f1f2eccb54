using System.Net;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.IntegrationTests.Threads;

/// <summary>Requests that come in one thread at the same time, over sockets and a real broker.</summary>
public sealed class ThreadPolicyTests(RabbitMqServer broker)
{
    private const string Unended = "select count(*) from runs where outcome is null";

    [Fact]
    public async Task Requests_of_one_thread_are_answered_one_after_the_other_and_each_sees_what_was_said_before()
    {
        var model = new StepModel();
        await using var service = await StartAsync(model);
        await using var client = await service.ConnectAsync();
        var first = await BeginAsync(client, "one");
        var second = await AskAsync(service, client, "two", unended: 2);
        var third = await AskAsync(service, client, "three", unended: 3);
        Assert.Equal(["one"], model.Asked);

        // other threads go on
        var other = new Transcript(await client.StartAsync("elsewhere", threadId: "another"));
        await client.ReadUntilAsync(other, () => other.Deltas > 0);

        model.Finish("elsewhere", "one", "two", "three");
        var all = new[] { first, second, third, other };
        await ReadAllAsync(client, all);
        Assert.All(all, t => Assert.Equal("RUN_FINISHED", t.End));
        Assert.Equal("one|one.|two.", second.Text);
        Assert.Equal("one|one.|two|one|one.|two.|three.", third.Text);
        Assert.Equal(1, model.MostAtOnce("t"));
    }

    [Fact]
    public async Task A_thread_set_to_reject_refuses_at_once_and_the_end_can_be_had_later()
    {
        var model = new StepModel();
        await using var service = await StartAsync(model);
        await using var client = await service.ConnectAsync();
        using var http = new ThreadHttp(service.Address);
        var first = await BeginAsync(client, "one");
        Assert.Equal(HttpStatusCode.OK, await http.StatusAsync(HttpMethod.Patch, ThreadHttp.Path("t"), """{"whenBusy":"reject"}"""));
        var refused = await client.RunAsync("two", threadId: "t");
        Assert.Equal(("RUN_ERROR", "conflict", ""), (refused.End, refused.Code, refused.Text));
        Assert.Equal(HttpStatusCode.Conflict, await http.StatusAsync(HttpMethod.Delete, ThreadHttp.Path("t")));

        model.Finish("one", "three");
        await client.ReadToEndAsync(first);
        Assert.Equal("one|one.|three.", (await client.RunAsync("three", threadId: "t")).Text);

        // it ended with that, whoever asks again
        var again = new Transcript(await client.StartAsync("two", threadId: "t", runId: refused.RunId));
        await client.ReadToEndAsync(again);
        Assert.Equal("conflict", again.Code);
    }

    [Fact]
    public async Task A_thread_set_to_interrupt_stops_the_answer_under_way_and_keeps_what_was_said()
    {
        var model = new StepModel();
        await using var service = await StartAsync(model, ("Limits:Thread:WhenBusy", "Interrupt"));
        await using var client = await service.ConnectAsync();
        using var http = new ThreadHttp(service.Address);
        var first = await BeginAsync(client, "one");
        model.Finish("two");
        var second = new Transcript(await client.StartAsync("two", threadId: "t"));
        await ReadAllAsync(client, first, second);
        Assert.Equal(("RUN_ERROR", "cancelled"), (first.End, first.Code));
        Assert.Equal(("RUN_FINISHED", "one|one|two."), (second.End, second.Text));

        var messages = await http.MessagesAsync("t");
        Assert.Equal(["user", "assistant", "user", "assistant"], messages.Select(m => m.GetProperty("role").GetString()));
        Assert.Equal([false, true, false, false], messages.Select(m => m.TryGetProperty("partial", out var p) && p.GetBoolean()));
    }

    [Fact]
    public async Task A_run_cancelled_while_it_waits_never_reaches_the_model()
    {
        var model = new StepModel();
        await using var service = await StartAsync(model);
        await using var client = await service.ConnectAsync();
        var first = await BeginAsync(client, "one");
        var second = await AskAsync(service, client, "two", unended: 2);
        await client.SendAsync($$"""{"type":"cancel","runId":"{{second.RunId}}"}""");
        await ReadAllAsync(client, second);
        Assert.Equal(("cancelled", ""), (second.Code, second.Text));

        model.Finish("one");
        await client.ReadToEndAsync(first);
        Assert.Equal("RUN_FINISHED", first.End);
        Assert.Equal(["one"], model.Asked);
    }

    [Fact]
    public async Task Who_waits_too_long_or_behind_too_many_is_told_and_the_thread_is_free_again()
    {
        var model = new StepModel();
        await using var service = await StartAsync(model, ("Limits:Run:QueueTime", "00:00:01"), ("Limits:Thread:Waiting", "1"));
        await using var client = await service.ConnectAsync();
        var first = await BeginAsync(client, "one");
        var second = await AskAsync(service, client, "two", unended: 2);
        var third = await client.RunAsync("three", threadId: "t");
        Assert.Equal("conflict", third.Code);
        await client.ReadToEndAsync(second);
        Assert.Equal(("conflict", ""), (second.Code, second.Text));

        model.Finish("one", "four");
        await client.ReadToEndAsync(first);
        Assert.Equal("one|one.|four.", (await client.RunAsync("four", threadId: "t")).Text);
    }

    [Fact]
    public async Task Runs_of_one_thread_take_turns_and_interrupt_each_other_across_workers()
    {
        var model = new StepModel(isBrief: true);
        var host = await broker.CreateVirtualHostAsync();
        await using var one = await WholeService.StartAsync(host, model.Script, settings: ("Limits:RunsPerConnection", "50"));
        await using var two = await WholeService.StartAsync(host, model.Script, settings: one.Store);
        await using var client = await one.ConnectAsync();
        var texts = Enumerable.Range(0, 12).Select(i => $"q{i}").ToArray();
        model.Finish(texts);
        List<Transcript> asked = [];
        foreach (var text in texts)
        {
            asked.Add(new Transcript(await client.StartAsync(text, threadId: "t")));
        }

        await ReadAllAsync(client, [.. asked]);
        Assert.All(asked, t => Assert.Equal("RUN_FINISHED", t.End));
        Assert.Equal(1, model.MostAtOnce("t"));
        Assert.True(await one.QueryAsync("select count(distinct worker_id) from runs") == 2, "both workers took part");

        using var http = new ThreadHttp(two.Address);
        Assert.Equal(HttpStatusCode.OK, await http.StatusAsync(HttpMethod.Patch, ThreadHttp.Path("t"), """{"whenBusy":"interrupt"}"""));
        for (var i = 0; i < 4; i++)
        {
            // the worker of the next one is now the same, now the other
            var first = new Transcript(await client.StartAsync($"endless {i}", threadId: "t"));
            await client.ReadUntilAsync(first, () => first.Deltas > 0);
            model.Finish($"enough {i}");
            var second = new Transcript(await client.StartAsync($"enough {i}", threadId: "t"));
            await ReadAllAsync(client, first, second);
            Assert.Equal(("cancelled", "RUN_FINISHED"), (first.Code, second.End));
        }
    }

    [Fact]
    public async Task A_worker_that_stops_hands_its_waiting_runs_over_in_their_place()
    {
        var model = new StepModel();
        var host = await broker.CreateVirtualHostAsync();
        await using var one = await WholeService.StartAsync(host, model.Script);
        await using var client = await one.ConnectAsync();
        await using (var two = await WholeService.StartAsync(host, model.Script, settings: one.Store))
        {
            var first = await BeginAsync(client, "one");
            List<Transcript> waiting = [];
            for (var i = 0; i < 4; i++)
            {
                waiting.Add(await AskAsync(one, client, $"w{i}", unended: 2 + i));
            }

            await two.DisposeAsync();
            model.Finish(["one", .. Enumerable.Range(0, 4).Select(i => $"w{i}")]);
            await ReadAllAsync(client, [first, .. waiting]);
            Assert.All([first, .. waiting], t => Assert.Equal("RUN_FINISHED", t.End));
        }

        Assert.Equal(1, model.MostAtOnce("t"));
    }

    [Fact]
    public async Task A_store_that_goes_down_while_a_run_waits_fails_it_and_the_thread_is_free_when_it_is_back()
    {
        var model = new StepModel();
        await using var store = await FailingStore.OpenAsync();
        await using var service = await WholeService.StartAsync(
            await broker.CreateVirtualHostAsync(), model.Script, null, store, ("Store:ConnectionString", store.ConnectionString), ("Limits:Run:EndTimeout", "00:00:01"));
        await using var client = await service.ConnectAsync();
        using var http = new ThreadHttp(service.Address);
        var first = await BeginAsync(client, "one");
        var second = new Transcript(await client.StartAsync("two", threadId: "t"));
        await client.ReadUntilAsync(second, () => second.Types.Contains("RUN_STARTED"));
        store.IsDown = true;
        model.Finish("one");
        await ReadAllAsync(client, first, second);
        Assert.Equal(("unavailable", "unavailable"), (first.Code, second.Code));
        Assert.Equal("unavailable", (await client.RunAsync("three", threadId: "t")).Code);

        // nothing restarts: what could not be written is written, and what was said is kept
        store.IsDown = false;
        await Eventually.GetAsync(() => http.MessagesAsync("t"), messages => messages.Count == 2);
        model.Finish("four");
        Assert.Equal("one|one.|four.", (await client.RunAsync("four", threadId: "t")).Text);
    }

    private async Task<WholeService> StartAsync(StepModel model, params (string Key, string Value)[] settings) =>
        await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), model.Script, tools: null, store: null, settings);

    /// <summary>Asks in the thread and waits until the answer is under way.</summary>
    private static async Task<Transcript> BeginAsync(NativeClient client, string text)
    {
        var transcript = new Transcript(await client.StartAsync(text, threadId: "t"));
        await client.ReadUntilAsync(transcript, () => transcript.Deltas > 0);
        return transcript;
    }

    /// <summary>Asks in the thread and waits until the run stands in line.</summary>
    private static async Task<Transcript> AskAsync(WholeService service, NativeClient client, string text, int unended)
    {
        var transcript = new Transcript(await client.StartAsync(text, threadId: "t"));
        await client.ReadUntilAsync(transcript, () => transcript.Types.Contains("RUN_STARTED"));
        Assert.Equal(unended, await service.QueryAsync(Unended));
        return transcript;
    }

    private static async Task ReadAllAsync(NativeClient client, params Transcript[] transcripts)
    {
        while (!transcripts.All(t => t.Ended))
        {
            var frame = await client.ReceiveAsync();
            foreach (var transcript in transcripts)
            {
                transcript.Add(frame);
            }
        }
    }
}
