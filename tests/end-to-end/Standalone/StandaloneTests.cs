using System.Text.Json;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.EndToEndTests.Standalone;

/// <summary>Everything in one process, with no server beside it.</summary>
public sealed class StandaloneServer : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    public ServiceProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Process = await ServiceProcess.StartReadyAsync(
        "standalone",
        new Dictionary<string, string?>
        {
            ["Store__ConnectionString"] = $"Data Source={_folder.File("streamchat.db")}",
            ["Model__Demo__TokensPerSecond"] = "100",
        });

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Dispose();
    }
}

[CollectionDefinition(nameof(StandaloneCollection))]
public sealed class StandaloneCollection : ICollectionFixture<StandaloneServer>;

[Collection(nameof(StandaloneCollection))]
public sealed class StandaloneTests(StandaloneServer server)
{
    [Fact]
    public async Task A_question_goes_through_both_tools()
    {
        await using var client = await NativeClient.ConnectAsync(server.Process.BaseAddress, "ada");
        var run = await client.RunAsync("What is 12.5% of 1,847, and what time is it in Tokyo?");
        Assert.Equal("RUN_FINISHED", run.End);
        Assert.Equal("230.875", run.ToolCalls.Single(c => c.Name == "calculator").Result);
        Assert.Equal("Asia/Tokyo", JsonElement.Parse(run.ToolCalls.Single(c => c.Name == "current_time").Result!).GetProperty("time_zone").GetString());
        Assert.Contains("230.875", run.Text, StringComparison.Ordinal);
        Assert.Matches("^[0-9a-f]{32}$", run.TraceId);
    }

    [Fact]
    public async Task Many_streams_at_once_arrive_whole_in_order_and_once()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            await using var client = await NativeClient.ConnectAsync(server.Process.BaseAddress, $"user-{i}");
            return await client.RunAsync("/load 2000");
        }));
        Assert.All(runs, r => Assert.Equal(("RUN_FINISHED", 2000), (r.End, r.LoadNumbers.Count)));
        Assert.All(runs, r => Assert.Equal(Enumerable.Range(1, 2000), r.LoadNumbers));
    }

    [Theory]
    [InlineData("把")]
    [InlineData("待办")]
    [InlineData("remove x ")]
    [InlineData("delete ")]
    [InlineData("add x ")]
    [InlineData("mark x ")]
    [InlineData("task x ")]
    [InlineData("list ")]
    [InlineData("删除")]
    [InlineData("删除我的")]
    [InlineData("任务第x")]
    public async Task A_hostile_question_is_answered_and_holds_up_nobody(string unit)
    {
        await using var hostile = await NativeClient.ConnectAsync(server.Process.BaseAddress, "mallory");
        await using var client = await NativeClient.ConnectAsync(server.Process.BaseAddress, "ada");
        var run = new Transcript(await hostile.StartAsync(string.Concat(Enumerable.Repeat(unit, 90_000 / unit.Length))));
        Assert.Equal("RUN_FINISHED", (await client.RunAsync("2+2")).End);
        await hostile.ReadToEndAsync(run);
        Assert.Equal("RUN_FINISHED", run.End);
    }

    [Fact]
    public async Task Cancel_stops_the_model()
    {
        await using var client = await NativeClient.ConnectAsync(server.Process.BaseAddress, "ada");
        var run = new Transcript(await client.StartAsync("/load 100000 100"));
        await client.ReadUntilAsync(run, () => run.Deltas >= 3);
        await client.SendAsync($$"""{"type":"cancel","runId":"{{run.RunId}}"}""");
        await client.ReadToEndAsync(run);
        Assert.Equal(("RUN_ERROR", "cancelled"), (run.End, run.Code));
    }

    [Fact]
    public async Task Runs_past_the_connections_limit_are_refused_and_the_rest_goes_on()
    {
        await using var client = await NativeClient.ConnectAsync(server.Process.BaseAddress, "ada");
        List<Transcript> runs = [];
        for (var i = 0; i < 10; i++)
        {
            runs.Add(new Transcript(await client.StartAsync("/load 50 100")));
        }

        while (!runs.TrueForAll(r => r.Ended))
        {
            var frame = await client.ReceiveAsync();
            runs.ForEach(r => r.Add(frame));
        }

        Assert.Equal(2, runs.Count(r => r.Code == "busy"));
        Assert.Equal(8, runs.Count(r => r.End == "RUN_FINISHED"));
    }

    [Fact]
    public async Task Sigterm_asks_clients_to_come_back_and_ends_in_time()
    {
        using var folder = new TemporaryFolder();
        await using var process = await ServiceProcess.StartReadyAsync(
            "standalone", new Dictionary<string, string?> { ["Store__ConnectionString"] = $"Data Source={folder.File("streamchat.db")}" });
        await using var client = await NativeClient.ConnectAsync(process.BaseAddress, "ada");
        var stopping = process.StopAsync(TimeSpan.FromSeconds(20));
        Assert.True((await client.ReceiveAsync("reconnect")).GetProperty("afterMs").GetInt64() >= 0);
        Assert.Equal(1012, await client.WaitForCloseAsync());
        await stopping;
    }

    [Fact]
    public async Task A_wrong_setting_stops_it_with_a_message_that_names_the_key()
    {
        await using var process = ServiceProcess.Start("standalone", new Dictionary<string, string?> { ["Limits__Frame"] = "7", ["Bus__PublishTimeout"] = "soon" });
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => process.WaitUntilReadyAsync());
        Assert.Contains("ended with 78", error.Message, StringComparison.Ordinal);
        Assert.Contains("Bus:PublishTimeout", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_in_words()
    {
        await using var process = ServiceProcess.Start("standalone", port: server.Process.BaseAddress.Port);
        await Eventually.TrueAsync(() => process.Process.HasExited);
        Assert.Contains("HOST and PORT choose another address", process.ToString(), StringComparison.Ordinal);
    }
}
