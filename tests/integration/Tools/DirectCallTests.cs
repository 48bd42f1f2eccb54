using System.Runtime.CompilerServices;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using StreamChat.AgentWorker.Agents;
using StreamChat.Contracts.Tools;
using StreamChat.IntegrationTests.Dialects;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Mcp;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;
using static StreamChat.IntegrationTests.Runs.ScriptedModel;

namespace StreamChat.IntegrationTests.Tools;

/// <summary>No second door to a tool: what no agent's list names is out of reach, for a client that calls it itself and for a model that invents its name.</summary>
public sealed class DirectCallTests(RabbitMqServer broker) : IDisposable
{
    private const string Delete = "files_delete_file";
    private const string Read = "files_read_file";

    // whom the test service gives every tool, so that a test that wants a fence sets one
    private static readonly (string, string)[] Fenced = [("Agents:Team:triage:Tools:0", "calculator"), ("Agents:Team:triage:Tools:1", Read)];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_tool_of_an_MCP_server_is_out_of_reach_for_clients_and_for_a_model_whose_agent_does_not_have_it()
    {
        var file = await FileAsync("precious");
        await using var service = await StartAsync([.. FilesServer.Stdio("files"), .. Fenced], Call("c1", Delete, ("path", file)), Call("c2", Read, ("path", file)));

        foreach (var path in new[] { "/ws/agent", "/ws/agent?user_id=ada" })
        {
            await using var client = await ConnectAsync(service, path);
            Assert.Equal($"Tool not found: {Delete}", (await CallAsync(client, Delete, new { path = file })).GetProperty("error").GetString());

            // an agent has it, and the server says that it only reads: neither makes it a client's
            Assert.Equal($"Tool not found: {Read}", (await CallAsync(client, Read, new { path = file })).GetProperty("error").GetString());
            Assert.Equal("Tool not found: add_note", (await CallAsync(client, "add_note", new { text = "mine" })).GetProperty("error").GetString());
            Assert.Equal(4, (await CallAsync(client, "calculator", new { expression = "2+2" })).GetProperty("result").GetInt32());
        }

        await using var native = await service.ConnectAsync();
        var run = await native.RunAsync("go");
        Assert.Equal("RUN_FINISHED", run.End);
        Assert.Equal(($"Tool not found: {Delete}", true), (run.ToolCalls[0].Result, run.ToolCalls[0].IsError));
        Assert.Equal(("precious", false), (run.ToolCalls[1].Result, run.ToolCalls[1].IsError));
        Assert.Equal("precious", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_the_list_names_is_called_and_nothing_beside_it()
    {
        var file = await FileAsync("old");
        await using var service = await StartAsync([.. FilesServer.Stdio("files"), .. Fenced, ("Tools:Direct:0", Delete)]);
        await using var client = await ConnectAsync(service, "/ws/agent");

        Assert.Equal("Tool not found: calculator", (await CallAsync(client, "calculator", new { expression = "2+2" })).GetProperty("error").GetString());
        Assert.Equal($"DELETED {file}", (await CallAsync(client, Delete, new { path = file })).GetProperty("result").GetString());
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task A_call_on_the_bus_that_is_marked_as_nothing_is_a_clients_as_an_older_gateway_sends_it()
    {
        var file = await FileAsync("precious");
        await using var service = await StartAsync([.. FilesServer.Stdio("files"), .. Fenced]);
        await using var scope = service.Services.CreateAsyncScope();
        var id = Guid.NewGuid();
        var answer = await scope.ServiceProvider.GetRequiredService<IRequestClient<CallTool>>().GetResponse<ToolResult>(
            new CallTool
            {
                RunId = id,
                ToolCallId = id.ToString(),
                Name = Delete,
                Arguments = JsonSerializer.SerializeToElement(new { path = file }),
                UserId = "ada",
                ThreadId = $"~tool/{id}",
                Timeout = TimeSpan.FromSeconds(20),
            },
            TestContext.Current.CancellationToken);
        Assert.Equal($"Tool not found: {Delete}", answer.Message.Error);
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task Calls_of_one_user_at_once_are_bounded_over_connections_and_so_are_their_arguments()
    {
        var called = new TaskCompletionSource();
        var hangs = AgentEngineClient.Hanging("hangs", called);
        await using var service = await WholeService.StartAsync(
            await broker.CreateVirtualHostAsync(), Scripts.Recall, [hangs], store: null,
            ("Tools:Direct", "hangs,calculator"), ("Limits:ToolCallsPerUser", "1"), ("Limits:ToolArguments", "300"), ("Limits:ToolCall", "00:00:05"));
        await using var first = await ConnectAsync(service, "/ws/agent?user_id=ada");
        await using var second = await ConnectAsync(service, "/ws/agent?user_id=ada");
        await using var bob = await ConnectAsync(service, "/ws/agent?user_id=bob");
        await first.SendAsync("""{"type":"tool_call","tool_name":"hangs"}""");
        await called.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            "Tool call failed: You are calling too many tools at once. Please wait for an answer first.",
            (await CallAsync(second, "calculator", new { expression = "1+1" })).GetProperty("error").GetString());
        Assert.Equal(2, (await CallAsync(bob, "calculator", new { expression = "1+1" })).GetProperty("result").GetInt32());
        Assert.StartsWith(
            "Tool call failed: The parameters have ",
            (await CallAsync(bob, "calculator", new { expression = new string('1', 300) })).GetProperty("error").GetString(),
            StringComparison.Ordinal);

        await first.SendAsync("""{"type":"cancel"}""");
        await first.ReceiveUntilAsync("cancelled");

        // the tool does not hear of the cancel: the call counts until the tool's deadline
        Assert.True((await CallAsync(second, "calculator", new { expression = "1+1" })).TryGetProperty("error", out _));
        await Eventually.TrueAsync(async () => (await CallAsync(second, "calculator", new { expression = "1+1" })).TryGetProperty("result", out _));
    }

    [Fact]
    public async Task A_models_arguments_that_are_too_large_are_an_error_that_it_sees_and_do_not_go_on_the_bus()
    {
        await using var service = await StartAsync([("Limits:Run:ToolArgumentBytes", "256")], Call("c1", "calculator", ("expression", new string('1', 300))));
        await using var client = await service.ConnectAsync();
        var run = await client.RunAsync("go");
        Assert.Equal(("The arguments of the call have 317 bytes; at most 256 are allowed.", true), (run.ToolCalls[0].Result, run.ToolCalls[0].IsError));
        Assert.Equal("RUN_FINISHED", run.End);
    }

    private async Task<string> FileAsync(string content)
    {
        var file = _folder.File("file.txt");
        await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        return file;
    }

    private static async Task<JsonSocket> ConnectAsync(WholeService service, string path)
    {
        var client = await JsonSocket.ConnectAsync(service.Address, path);
        Assert.Equal("connected", JsonSocket.TypeOf(await client.ReceiveAsync()));
        return client;
    }

    private static async Task<JsonElement> CallAsync(JsonSocket client, string tool, object parameters)
    {
        await client.SendAsync(JsonSerializer.Serialize(new { type = "tool_call", tool_name = tool, @params = parameters }));
        return await client.ReceiveAsync();
    }

    /// <summary>With a model that makes the calls side by side, and then is content.</summary>
    private async Task<WholeService> StartAsync((string Key, string Value)[] settings, params ChatResponseUpdate[] calls)
    {
        var service = await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), Script, settings: settings);
        var tool = settings.Any(s => s.Key.StartsWith("Mcp:", StringComparison.Ordinal)) ? Delete : "calculator";
        await Eventually.TrueAsync(
            () => service.Services.GetRequiredService<ToolCatalog>().Current().Tools.ContainsKey(tool), TimeSpan.FromSeconds(40));
        return service;

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
