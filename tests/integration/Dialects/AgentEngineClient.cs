using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Sockets;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.IntegrationTests.Dialects;

/// <summary>What the tests of the agent engine's protocol have in common.</summary>
internal static class AgentEngineClient
{
    public static async Task<WholeService> StartAsync(
        RabbitMqServer broker,
        Func<IReadOnlyList<ChatMessage>, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> script,
        IEnumerable<Tool>? tools = null,
        params (string Key, string Value)[] settings) =>
        await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), script, tools, store: null, [("Tools:Direct", "*"), .. settings]);

    public static async Task<JsonSocket> ConnectAsync(WholeService service)
    {
        var client = await JsonSocket.ConnectAsync(service.Address, "/ws/agent");
        Assert.Equal("connected", JsonSocket.TypeOf(await client.ReceiveAsync()));
        return client;
    }

    public static string Query(string query) => JsonSerializer.Serialize(new { type = "agent_query", query });

    public static string Streaming(string query) => JsonSerializer.Serialize(new { type = "streaming_query", query });

    /// <summary>A tool that never answers, and tells when it is called.</summary>
    public static Tool Hanging(string name, TaskCompletionSource called) => new(
        AIFunctionFactory.Create(
            async () =>
            {
                called.TrySetResult();
                await new TaskCompletionSource().Task;
                return "";
            },
            name,
            "For the test."),
        TimeSpan.FromSeconds(20),
        SafeToRepeat: true);
}
