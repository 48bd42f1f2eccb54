using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using StreamChat.AgentWorker.Agents;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Mcp;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;
using static StreamChat.IntegrationTests.Runs.ScriptedModel;

namespace StreamChat.IntegrationTests.Mcp;

/// <summary>The tools of a real MCP server, from a client's socket to the server and back, over a real broker.</summary>
public sealed class McpTests(RabbitMqServer broker)
{
    private const string LongOperation = "everything_trigger-long-running-operation";

    [Theory]
    [InlineData("Stdio")]
    [InlineData("Http")]
    public async Task Its_tools_are_offered_and_called_and_the_client_sees_how_far_they_have_come(string transport)
    {
        await using var server = await McpProcess.StartAsync(transport);
        await using var service = await StartAsync(
            server.Settings, Call("c1", LongOperation, ("duration", 1.5), ("steps", 5)), Call("c2", "everything_get-sum", ("a", 2), ("b", 40)));
        var tools = await OfferedAsync(service);
        Assert.DoesNotContain("echo", tools);
        Assert.True(tools["everything_echo"].SafeToRepeat);
        Assert.False(tools["everything_toggle-simulated-logging"].SafeToRepeat);

        await using var client = await service.ConnectAsync();
        var run = await client.RunAsync("go");

        Assert.Equal("RUN_FINISHED", run.End);
        Assert.Equal(("Long running operation completed. Duration: 1.5 seconds, Steps: 5.", false), (run.ToolCalls[0].Result, run.ToolCalls[0].IsError));
        Assert.Equal("The sum of 2 and 40 is 42.", run.ToolCalls[1].Result);

        // the last one may come after the result, and then is not told any more
        var progress = Progress(run);
        Assert.InRange(progress.Count, 4, 5);
        Assert.Equal([1, 2, 3, 4, 5], progress.Select(p => p.GetProperty("progress").GetInt32()).Concat([5]).Distinct());
        Assert.All(progress, p => Assert.Equal(("c1", 5), (p.GetProperty("toolCallId").GetString(), p.GetProperty("total").GetInt32())));
        Assert.True(run.Types.LastIndexOf("CUSTOM") > run.Types.LastIndexOf("TOOL_CALL_END"));
        Assert.True(run.Types.LastIndexOf("CUSTOM") < run.Types.LastIndexOf("TOOL_CALL_RESULT"));
    }

    [Theory]
    [InlineData("Stdio")]
    [InlineData("Http")]
    public async Task A_server_killed_in_the_middle_of_a_call_is_a_tool_error_at_once_and_its_tools_go_and_come_back(string transport)
    {
        await using var server = await McpProcess.StartAsync(transport);

        // nothing but the server's death ends the call
        await using var service = await StartAsync(
            [.. server.Settings, ("Mcp:Servers:everything:Timeout", "00:10:00"), ("Limits:Run:ToolTimeout", "00:10:00"), ("Mcp:RetryDelay", "00:00:01")],
            Call("c1", LongOperation, ("duration", 600), ("steps", 600)));
        await OfferedAsync(service);
        await using var client = await service.ConnectAsync();
        var run = new Transcript(await client.StartAsync("go"));
        await client.ReadUntilAsync(run, () => Progress(run).Count > 0);
        await server.KillAsync();
        await client.ReadToEndAsync(run);

        Assert.Equal("RUN_FINISHED", run.End);
        Assert.Equal(("The tool's server went away before it answered.", true), (run.ToolCalls[0].Result, run.ToolCalls[0].IsError));
        await Eventually.TrueAsync(() => !Catalog(service).ContainsKey(LongOperation));

        await server.ReviveAsync();
        await OfferedAsync(service);
    }

    [Fact]
    public async Task The_service_is_ready_while_a_server_is_not_there_and_offers_its_tools_when_it_is()
    {
        var port = FreePorts.Next();
        await using var service = await StartAsync([.. EverythingServer.Http("everything", port), ("Mcp:RetryDelay", "00:00:00.2")], Call("c1", "everything_echo", ("message", "hello")));
        await Eventually.TrueAsync(() => Catalog(service).ContainsKey("calculator"));
        Assert.DoesNotContain("everything_echo", Catalog(service));

        await using var server = await EverythingServer.StartHttpAsync(port);
        await OfferedAsync(service);
        await using var client = await service.ConnectAsync();
        Assert.Equal("Echo: hello", (await client.RunAsync("go")).ToolCalls[0].Result);
    }

    [Fact]
    public async Task A_tool_that_hangs_is_cancelled_at_its_deadline_and_the_server_serves_on()
    {
        await using var server = new McpProcess.Child();
        await using (var service = await StartAsync(
            [.. server.Settings, ("Mcp:Servers:everything:Timeout", "00:00:01")],
            Call("c1", LongOperation, ("duration", 600), ("steps", 1)),
            Call("c2", "everything_echo", ("message", "hello"))))
        {
            await OfferedAsync(service);
            var process = server.Id;
            await using var client = await service.ConnectAsync();
            var run = await client.RunAsync("go");

            Assert.Equal("RUN_FINISHED", run.End);
            Assert.Equal(("The tool did not answer within 1 s.", true), (run.ToolCalls[0].Result, run.ToolCalls[0].IsError));
            Assert.Equal("Echo: hello", run.ToolCalls[1].Result);
            Assert.Equal(process, server.Id);
            Assert.True(server.IsRunning);
        }

        // it goes with the process that started it
        await Eventually.TrueAsync(() => !server.IsRunning);
    }

    [Theory]
    [InlineData("flood")]
    [InlineData("flood-event")]
    public async Task Over_http_an_answer_that_is_too_large_fails_its_call_and_the_server_stays(string tool)
    {
        var port = FreePorts.Next();
        await using var server = await BoundlessServer.StartHttpAsync(port);
        await using var service = await StartAsync(
            [.. EverythingServer.Http("srv", port), ("Mcp:Servers:srv:Timeout", "00:10:00"), ("Limits:Run:ToolTimeout", "00:10:00")],
            Call("c1", $"srv_{tool}"),
            Call("c2", "srv_echo"));
        await Eventually.TrueAsync(() => Catalog(service).ContainsKey("srv_echo"), TimeSpan.FromSeconds(40));
        await using var client = await service.ConnectAsync();
        var run = await client.RunAsync("go");

        Assert.Equal("RUN_FINISHED", run.End);
        Assert.Equal(("The tool's server sent an answer that is too large.", true), (run.ToolCalls[0].Result, run.ToolCalls[0].IsError));
        Assert.Equal(("echo", false), (run.ToolCalls[1].Result, run.ToolCalls[1].IsError));
        Assert.Contains("srv_echo", Catalog(service).Keys);
    }

    [Fact]
    public async Task A_line_without_end_is_not_read_to_its_end_and_the_server_is_taken_for_failed()
    {
        using TemporaryFolder folder = new();
        await using var service = await StartAsync(
            [
                .. BoundlessServer.Stdio("srv", folder.File("pid")),
                ("Mcp:Servers:srv:Timeout", "00:10:00"), ("Limits:Run:ToolTimeout", "00:10:00"), ("Mcp:RetryDelay", "00:00:01"),
            ],
            Call("c1", "srv_flood"));
        await Eventually.TrueAsync(() => Catalog(service).ContainsKey("srv_echo"), TimeSpan.FromSeconds(40));
        var process = await File.ReadAllTextAsync(folder.File("pid"), TestContext.Current.CancellationToken);
        await using var client = await service.ConnectAsync();

        // the server is soon there again, perhaps before the run has ended
        var withdrawn = Eventually.TrueAsync(() => !Catalog(service).ContainsKey("srv_echo"), TimeSpan.FromSeconds(40));
        var run = await client.RunAsync("go");

        Assert.Equal("RUN_FINISHED", run.End);
        Assert.Equal(("The tool's server went away before it answered.", true), (run.ToolCalls[0].Result, run.ToolCalls[0].IsError));
        await withdrawn;
        await Eventually.TrueAsync(() => Catalog(service).ContainsKey("srv_echo"), TimeSpan.FromSeconds(40));
        Assert.NotEqual(process, await File.ReadAllTextAsync(folder.File("pid"), TestContext.Current.CancellationToken));
        Assert.False(Directory.Exists($"/proc/{process.Trim()}"));
    }

    [Fact]
    public async Task Every_kind_of_result_is_text_for_the_model_and_the_server_does_not_see_our_secrets()
    {
        Environment.SetEnvironmentVariable("STREAMCHAT_TEST_SECRET", "s3cr3t");
        await using var server = new McpProcess.Child();
        await using var service = await StartAsync(
            [.. server.Settings, ("Mcp:Servers:everything:Environment:GIVEN", "g1v3n"), ("Mcp:Servers:everything:Prefix", "srv")],
            Call("c1", "srv_get-env"),
            Call("c2", "srv_get-tiny-image"),
            Call("c3", "srv_get-structured-content", ("location", "Chicago")),
            Call("c4", "srv_echo", ("message", 5)));
        await Eventually.TrueAsync(() => Catalog(service).ContainsKey("srv_get-env"), TimeSpan.FromSeconds(40));
        await using var client = await service.ConnectAsync();
        var run = await client.RunAsync("go");

        Assert.Contains("g1v3n", run.ToolCalls[0].Result, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", run.ToolCalls[0].Result, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"image\",\"mimeType\":\"image/png\",\"bytes\":", run.ToolCalls[1].Result, StringComparison.Ordinal);
        Assert.Equal("Light rain / drizzle", JsonElement.Parse(run.ToolCalls[2].Result!).GetProperty("conditions").GetString());
        Assert.True(run.ToolCalls[3].IsError);
        Assert.Contains("message", run.ToolCalls[3].Result, StringComparison.Ordinal);
        Assert.Equal("RUN_FINISHED", run.End);
    }

    private static List<JsonElement> Progress(Transcript run) =>
        [.. run.Customs.Where(c => c.GetProperty("name").GetString() == "tool_progress").Select(c => c.GetProperty("value"))];

    private static IReadOnlyDictionary<string, Contracts.Tools.ToolDescription> Catalog(WholeService service) =>
        service.Services.GetRequiredService<ToolCatalog>().Current().Tools;

    private static Task<IReadOnlyDictionary<string, Contracts.Tools.ToolDescription>> OfferedAsync(WholeService service) =>
        Eventually.GetAsync(() => Catalog(service), tools => tools.ContainsKey("everything_echo") && tools.ContainsKey(LongOperation), TimeSpan.FromSeconds(40));

    /// <summary>A model that makes the calls side by side, and then is content.</summary>
    private async Task<WholeService> StartAsync((string Key, string Value)[] settings, params ChatResponseUpdate[] calls)
    {
        return await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), Script, settings: settings);

        async IAsyncEnumerable<ChatResponseUpdate> Script(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (messages.Any(m => m.Role == ChatRole.Tool))
            {
                yield return Text("done");
                yield break;
            }

            foreach (var call in calls)
            {
                yield return call;
            }
        }
    }
}
