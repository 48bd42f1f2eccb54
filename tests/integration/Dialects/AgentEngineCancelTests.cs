using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;
using static StreamChat.IntegrationTests.Dialects.AgentEngineClient;

namespace StreamChat.IntegrationTests.Dialects;

/// <summary>Cancelling everything: one word for each cancel, last of all that was stopped, at whatever moment it comes.</summary>
public sealed class AgentEngineCancelTests(RabbitMqServer broker)
{
    private const string Cancel = """{"type":"cancel"}""";
    private const string Ping = """{"type":"ping"}""";

    [Fact]
    public async Task With_nothing_running_the_word_comes_at_once()
    {
        await using var service = await StartAsync(broker, Scripts.Recall);
        await using var client = await ConnectAsync(service);
        await client.SendAsync(Cancel);
        Assert.Equal("cancelled", JsonSocket.TypeOf(await client.ReceiveAsync()));
        await AssertServedAsync(client, "heard: go");
    }

    [Fact]
    public async Task In_the_middle_of_a_stream_nothing_of_it_follows_and_the_model_is_stopped()
    {
        var model = new GatedModel();
        await using var service = await StartAsync(broker, model.Script);
        await using var client = await ConnectAsync(service);
        await client.SendAsync(Streaming("first"));
        await client.ReceiveUntilAsync("stream_chunk");
        await client.SendAsync(Cancel);
        Assert.Equal("cancelled", JsonSocket.TypeOf(await client.ReceiveAsync()));
        await Eventually.TrueAsync(() => model.Running == 0);

        model.Open();
        await AssertServedAsync(client, "go");
    }

    [Fact]
    public async Task What_waits_is_let_go_of_and_what_comes_after_is_served()
    {
        var model = new GatedModel();
        await using var service = await StartAsync(broker, model.Script);
        await using var client = await ConnectAsync(service);
        await client.SendAsync(Streaming("first"));
        await client.ReceiveUntilAsync("stream_chunk");
        for (var i = 0; i < 5; i++)
        {
            await client.SendAsync(Query("waits"));
        }

        await client.SendAsync(Cancel);
        await client.SendAsync(Query("after"));
        model.Open();
        var frames = await client.ReceiveUntilAsync("agent_response");
        Assert.Equal(["cancelled", "status", "agent_response"], frames.Select(JsonSocket.TypeOf));
        Assert.Equal("after", frames[^1].GetProperty("content").GetString());
        Assert.Equal(2, model.Asked);
    }

    [Fact]
    public async Task A_request_that_is_hardly_there_is_stopped_too()
    {
        var model = new GatedModel();
        await using var service = await StartAsync(broker, model.Script);
        await using var client = await ConnectAsync(service);
        for (var i = 0; i < 30; i++)
        {
            // the second of them waits, and its turn comes just when the first lets go
            await client.SendAsync(Streaming("a"));
            await client.SendAsync(Streaming("b"));
            await client.SendAsync(Cancel);
            await client.SendAsync(Ping);
            var frames = (await ReceiveBothAsync(client, "cancelled", "pong")).Select(JsonSocket.TypeOf).Where(t => t != "pong").ToList();
            Assert.Equal("cancelled", frames[^1]);
            Assert.DoesNotContain("stream_end", frames);
            Assert.DoesNotContain("error", frames);
        }

        await Eventually.TrueAsync(() => model.Running == 0);
        model.Open();
        await AssertServedAsync(client, "go");
    }

    [Fact]
    public async Task A_tool_that_is_being_called_is_left_behind()
    {
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var service = await StartAsync(broker, Scripts.Recall, [Hanging("hangs", called)]);
        await using var client = await ConnectAsync(service);
        await client.SendAsync("""{"type":"tool_call","tool_name":"hangs"}""");
        await called.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await client.SendAsync(Cancel);
        Assert.Equal("cancelled", JsonSocket.TypeOf(await client.ReceiveAsync()));
        await AssertServedAsync(client, "heard: go");
    }

    [Fact]
    public async Task Each_of_several_cancels_gets_its_word()
    {
        var model = new GatedModel();
        await using var service = await StartAsync(broker, model.Script);
        await using var client = await ConnectAsync(service);
        await client.SendAsync(Streaming("first"));
        await client.ReceiveUntilAsync("stream_chunk");
        for (var i = 0; i < 5; i++)
        {
            await client.SendAsync(Cancel);
        }

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("cancelled", JsonSocket.TypeOf(await client.ReceiveAsync()));
        }

        model.Open();
        await AssertServedAsync(client, "go");
    }

    [Fact]
    public async Task A_run_that_does_not_stop_in_time_is_not_waited_for_and_not_heard_of_again()
    {
        var model = new GatedModel();
        await using var service = await StartAsync(broker, model.Script, null, ("Worker:Runs", "1"), ("Limits:CancelTimeout", "00:00:01"));
        await using var other = await ConnectAsync(service);
        await other.SendAsync(Streaming("occupies the worker"));
        await other.ReceiveUntilAsync("stream_chunk");

        // no worker has it, so none can say that it has stopped
        await using var client = await ConnectAsync(service);
        await client.SendAsync(Streaming("waits for a worker"));
        Assert.Equal("stream_start", JsonSocket.TypeOf(await client.ReceiveAsync()));
        await client.SendAsync(Cancel);
        Assert.Equal("cancelled", JsonSocket.TypeOf(await client.ReceiveAsync()));

        model.Open();
        await other.ReceiveUntilAsync("stream_end");
        await AssertServedAsync(client, "go");
        Assert.Equal(2, model.Asked);
    }

    [Fact]
    public async Task What_waits_is_not_asked_for_a_client_that_has_gone_and_what_runs_goes_on()
    {
        var model = new GatedModel();
        await using var service = await StartAsync(broker, model.Script);
        await using (var client = await ConnectAsync(service))
        {
            await client.SendAsync(Streaming("first"));
            await client.ReceiveUntilAsync("stream_chunk");
            await client.SendAsync(Query("waits"));
            await client.SendAsync(Ping);
            await client.ReceiveUntilAsync("pong");
        }

        Assert.Equal(1, model.Running);
        model.Open();
        await Eventually.TrueAsync(() => model.Running == 0);
        await using var next = await ConnectAsync(service);
        await AssertServedAsync(next, "go");
        Assert.Equal(2, model.Asked);
    }

    /// <summary>The very next frames are those of the next request: nothing of what was cancelled comes late.</summary>
    private static async Task AssertServedAsync(JsonSocket client, string answer)
    {
        await client.SendAsync(Query("go"));
        var frames = await client.ReceiveUntilAsync("agent_response");
        Assert.Equal(["status", "agent_response"], frames.Select(JsonSocket.TypeOf));
        Assert.Equal(answer, frames[^1].GetProperty("content").GetString());
    }

    private static async Task<IReadOnlyList<System.Text.Json.JsonElement>> ReceiveBothAsync(JsonSocket client, string one, string other)
    {
        HashSet<string> awaited = [one, other];
        return await client.ReceiveUntilAsync(frame => awaited.Remove(JsonSocket.TypeOf(frame)!) && awaited.Count == 0);
    }
}
