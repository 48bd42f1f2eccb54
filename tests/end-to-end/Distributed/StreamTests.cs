using System.Net.Http.Json;
using System.Text.Json;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.EndToEndTests.Distributed;

/// <summary>Chats through edge, gateways, broker and workers.</summary>
[Collection(nameof(DistributedCollection))]
public sealed class StreamTests(DistributedStack stack)
{
    [Fact]
    public async Task Two_hundred_streams_at_once_arrive_whole_in_order_and_once()
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => stack.ConnectAsync($"load-{i}")));

        // four runs on each connection, side by side
        var transcripts = await Task.WhenAll(clients.Select(async client =>
        {
            List<Transcript> runs = [];
            for (var i = 0; i < 4; i++)
            {
                runs.Add(new Transcript(await client.StartAsync(i % 2 == 0 ? "/load 200" : "/load 200 400")));
            }

            while (!runs.TrueForAll(r => r.Ended))
            {
                var frame = await client.ReceiveAsync();
                runs.ForEach(r => r.Add(frame));
            }

            return runs;
        }));

        Assert.All(transcripts.SelectMany(t => t), t =>
        {
            Assert.Equal(("RUN_FINISHED", 1), (t.End, t.Attempt));
            Assert.Equal(Enumerable.Range(1, 200), t.LoadNumbers);
        });
        await DisposeAsync(clients);
    }

    [Fact]
    public async Task A_question_goes_through_both_tools()
    {
        await using var client = await stack.ConnectAsync("ada");
        var run = await client.RunAsync("What is 12.5% of 1,847, and what time is it in Tokyo?");

        Assert.Equal("RUN_FINISHED", run.End);
        Assert.Equal(["calculator", "current_time"], run.ToolCalls.Select(c => c.Name).Order());
        Assert.Equal("230.875", run.ToolCalls.Single(c => c.Name == "calculator").Result);
        var time = JsonElement.Parse(run.ToolCalls.Single(c => c.Name == "current_time").Result!);
        Assert.Equal("Asia/Tokyo", time.GetProperty("time_zone").GetString());
        Assert.Equal("+09:00", time.GetProperty("utc_offset").GetString());
        Assert.Contains("230.875", run.Text, StringComparison.Ordinal);
        Assert.Contains("Tokyo", run.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(run.ToolCalls, c => c.IsError);
    }

    [Fact]
    public async Task The_thread_is_remembered_on_another_connection_and_by_any_worker()
    {
        var threadId = $"thread-{Guid.CreateVersion7()}";
        await using (var first = await stack.ConnectAsync("grace"))
        {
            await first.RunAsync("My name is Grace and I live in Lisbon.", threadId);
        }

        // enough runs that both workers had their turn
        for (var i = 0; i < 4; i++)
        {
            await using var next = await stack.ConnectAsync("grace");
            var run = await next.RunAsync("What is my name?", threadId);
            Assert.Contains("Grace", run.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_thread_of_the_same_name_is_everybodys_own()
    {
        var threadId = $"thread-{Guid.CreateVersion7()}";
        await using var owner = await stack.ConnectAsync("owner");

        // on a busy machine a run may be rejected as retryable
        await Eventually.TrueAsync(async () => (await owner.RunAsync("My name is Grace and I live in Lisbon.", threadId)).End == "RUN_FINISHED");

        await using var other = await stack.ConnectAsync("other");
        var run = await other.RunAsync("What is my name?", threadId);
        Assert.Equal("RUN_FINISHED", run.End);
        Assert.DoesNotContain("Grace", run.Text, StringComparison.Ordinal);
        Assert.Contains("Grace", (await owner.RunAsync("What is my name?", threadId)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_stops_the_model_in_the_middle()
    {
        await using var client = await stack.ConnectAsync("ada");
        var run = new Transcript(await client.StartAsync("/load 100000 200"));
        await client.ReadUntilAsync(run, () => run.Deltas >= 20);
        await client.SendAsync($$"""{"type":"cancel","runId":"{{run.RunId}}"}""");
        await client.ReadToEndAsync(run);

        Assert.Equal(("RUN_ERROR", "cancelled"), (run.End, run.Code));
        Assert.InRange(run.LoadNumbers.Count, 20, 5000);
        Assert.Equal(Enumerable.Range(1, run.LoadNumbers.Count), run.LoadNumbers);

        // nothing follows: the next frame is the pong
        await client.SendAsync("""{"type":"ping","id":"after"}""");
        Assert.Equal("pong", (await client.ReceiveAsync()).GetProperty("type").GetString());
    }

    [Fact]
    public async Task Only_its_own_user_can_cancel_a_run()
    {
        await using var owner = await stack.ConnectAsync("owner");
        await using var other = await stack.ConnectAsync("intruder");
        var run = new Transcript(await owner.StartAsync("/load 100 100"));
        await owner.ReadUntilAsync(run, () => run.Deltas >= 5);
        await other.SendAsync($$"""{"type":"cancel","runId":"{{run.RunId}}"}""");
        await other.SendAsync("""{"type":"ping"}""");
        await other.ReceiveAsync("pong");
        await owner.ReadToEndAsync(run);
        Assert.Equal("RUN_FINISHED", run.End);
        Assert.Equal(100, run.LoadNumbers.Count);
    }

    [Fact]
    public async Task The_same_run_id_again_starts_nothing_new()
    {
        await using var client = await stack.ConnectAsync("ada");
        var runId = Guid.CreateVersion7();
        var run = await client.RunAsync("/load 50", runId: runId);
        Assert.Equal(("RUN_FINISHED", 50), (run.End, run.LoadNumbers.Count));

        // asked often enough that both workers answer: one replays its log, the other tells what was stored
        for (var i = 0; i < 4; i++)
        {
            var again = await client.RunAsync("/load 50", runId: runId);
            Assert.Equal("RUN_FINISHED", again.End);
            Assert.Equal(run.Text, again.Snapshot is null ? again.Text : again.Snapshot[^1]);
        }
    }

    [Fact]
    public async Task A_users_connections_meet_on_one_gateway()
    {
        var gateways = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            await using var client = await stack.ConnectAsync("same-user");
            gateways.Add(client.Welcome.GetProperty("connectionId").GetString()!.Split('.')[0]);
        }

        Assert.Single(gateways);
        var others = await Task.WhenAll(Enumerable.Range(0, 32).Select(async i =>
        {
            await using var client = await stack.ConnectAsync($"user-{i}");
            return client.Welcome.GetProperty("connectionId").GetString()!.Split('.')[0];
        }));
        Assert.Equal(2, others.Distinct().Count());
    }

    [Fact]
    public async Task A_killed_worker_costs_a_new_attempt_and_no_word()
    {
        // a stack of its own would cost a broker; two more workers cost a second
        var victims = new[] { stack.Start("agent-worker"), stack.Start("agent-worker") };
        await Task.WhenAll(victims.Select(v => v.WaitUntilReadyAsync()));
        await using var client = await stack.ConnectAsync("ada");
        var runs = new List<Transcript>();
        for (var i = 0; i < 8; i++)
        {
            runs.Add(new Transcript(await client.StartAsync("/load 300 100")));
        }

        while (!runs.TrueForAll(r => r.Deltas >= 5))
        {
            var frame = await client.ReceiveAsync();
            runs.ForEach(r => r.Add(frame));
        }

        await Task.WhenAll(victims.Select(v => v.KillAsync()));
        while (!runs.TrueForAll(r => r.Ended))
        {
            var frame = await client.ReceiveAsync();
            runs.ForEach(r => r.Add(frame));
        }

        Assert.All(runs, r => Assert.Equal("RUN_FINISHED", r.End));
        Assert.All(runs, r => Assert.Equal(Enumerable.Range(1, 300), r.LoadNumbers));
        Assert.Contains(runs, r => r.Attempt == 2);
    }

    [Fact]
    public async Task Information_and_statistics_are_told_over_http()
    {
        using var http = new HttpClient { BaseAddress = stack.Gateways[0].BaseAddress };
        await using var client = await NativeClient.ConnectAsync(stack.Gateways[0].BaseAddress, "ada");
        var information = await http.GetFromJsonAsync<JsonElement>("/", TestContext.Current.CancellationToken);
        Assert.Equal("StreamChat", information.GetProperty("service").GetString());

        await client.RunAsync("hello");
        var id = client.Welcome.GetProperty("connectionId").GetString();
        var statistics = await http.GetFromJsonAsync<JsonElement>("/ws/statistics", TestContext.Current.CancellationToken);
        var own = statistics.GetProperty("connections").EnumerateArray().Single(c => c.GetProperty("id").GetString() == id);
        Assert.True(own.GetProperty("message_count").GetInt64() > 5);
        Assert.True(statistics.GetProperty("active_connections").GetInt32() >= 1);
    }

    [Fact]
    public async Task Every_process_says_that_it_is_ready()
    {
        using var http = new HttpClient();
        foreach (var process in stack.Gateways.Concat(stack.AgentWorkers).Append(stack.ToolWorker).Append(stack.Edge))
        {
            var ready = await Eventually.GetAsync(
                () => http.GetStringAsync(new Uri(process.BaseAddress, "/health/ready"), TestContext.Current.CancellationToken),
                body => body.Contains("\"Healthy\"", StringComparison.Ordinal));
            Assert.DoesNotContain("Unhealthy", ready, StringComparison.Ordinal);
        }
    }

    private static Task DisposeAsync(NativeClient[] clients) => Task.WhenAll(clients.Select(c => c.DisposeAsync().AsTask()));
}

[CollectionDefinition(nameof(DistributedCollection))]
public sealed class DistributedCollection : ICollectionFixture<DistributedStack>;
