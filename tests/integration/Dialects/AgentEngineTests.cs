using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Sockets;

namespace StreamChat.IntegrationTests.Dialects;

/// <summary>The agent engine's protocol against the whole service, over a real WebSocket, a real broker and real tool-workers.</summary>
public sealed class AgentEngineTests(RabbitMqServer broker)
{
    [Fact]
    public async Task A_whole_conversation()
    {
        await using var service = await StartAsync(Scripts.Recall);
        await using var client = await ConnectAsync(service);
        await client.SendAsync("""{"type":"ping"}""");
        Assert.Equal("pong", JsonSocket.TypeOf(await client.ReceiveAsync()));

        await client.SendAsync(Query("one"));
        var answer = await client.ReceiveUntilAsync("agent_response");
        Assert.Equal(["status", "agent_response"], answer.Select(JsonSocket.TypeOf));
        Assert.Equal(("heard: one", "unknown"), (answer[^1].GetProperty("content").GetString(), answer[^1].GetProperty("vendor").GetString()));

        await client.SendAsync(Streaming("two"));
        var stream = await client.ReceiveUntilAsync("stream_end");
        Assert.Equal("stream_start", JsonSocket.TypeOf(stream[0]));
        Assert.All(stream.Skip(1).SkipLast(1), f => Assert.Equal("stream_chunk", JsonSocket.TypeOf(f)));
        Assert.Equal("heard: one|heard: one|two", string.Concat(stream.Skip(1).SkipLast(1).Select(f => f.GetProperty("content").GetString())));

        // another connection is another conversation, though both are nobody's
        await using var other = await ConnectAsync(service);
        await other.SendAsync(Query("three"));
        Assert.Equal("heard: three", (await other.ReceiveUntilAsync("agent_response"))[^1].GetProperty("content").GetString());
    }

    [Fact]
    public async Task Tools_answer_with_values_of_their_own_type_or_an_error()
    {
        var nothing = new StreamChat.ToolWorker.Tools.Tool(AIFunctionFactory.Create(() => (string?)null, "nothing", "For the test."), TimeSpan.FromSeconds(5), SafeToRepeat: true);
        await using var service = await StartAsync(Scripts.Recall, [nothing]);
        await using var client = await ConnectAsync(service);

        var result = await CallAsync(client, "calculator", """{"expression":"123 + 456"}""");
        Assert.Equal(("tool_result", "calculator", "579"), (JsonSocket.TypeOf(result), result.GetProperty("tool_name").GetString(), result.GetProperty("result").GetRawText()));
        Assert.Equal(JsonValueKind.Null, (await CallAsync(client, "nothing", "{}")).GetProperty("result").ValueKind);

        Assert.Equal("Tool not found: nowhere", Error(await CallAsync(client, "nowhere", "{}")));
        Assert.Equal("Tool call failed: Missing parameter 'expression'.", Error(await CallAsync(client, "calculator", "{}")));
        Assert.Equal("Tool call failed: Parameter 'expression' must be a JSON string.", Error(await CallAsync(client, "calculator", """{"expression":5}""")));
        Assert.StartsWith("Tool call failed: ", Error(await CallAsync(client, "calculator", """{"expression":"1/0"}""")), StringComparison.Ordinal);

        // as deep as a frame may be
        var deepest = new string('[', 60) + new string(']', 60);
        Assert.StartsWith("Tool call failed: Parameter 'expression'", Error(await CallAsync(client, "calculator", $$"""{"expression":{{deepest}}}""")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_that_nobody_answers_for_is_an_error_in_time()
    {
        var hangs = Hanging("hangs", new TaskCompletionSource());
        await using var service = await StartAsync(Scripts.Recall, [hangs], ("Limits:ToolCall", "00:00:01"));
        await using var client = await ConnectAsync(service);
        Assert.Equal("Tool call failed: The tool did not answer within 1 s.", Error(await CallAsync(client, "hangs", "{}")));
    }

    [Fact]
    public async Task Requests_wait_their_turn_and_are_answered_in_order_and_one_too_many_is_refused()
    {
        var model = new GatedModel();
        await using var service = await StartAsync(model.Script);
        await using var client = await ConnectAsync(service);
        await client.SendAsync(Streaming("0"));
        await client.ReceiveUntilAsync("stream_chunk");
        for (var i = 1; i <= 8; i++)
        {
            await client.SendAsync(i == 2 ? """{"type":"tool_call","tool_name":"calculator","params":{"expression":"1+1"}}""" : Query($"{i}"));
        }

        await client.SendAsync(Query("one too many"));
        Assert.Equal("Too many requests", Error(await client.ReceiveAsync()));
        await client.SendAsync("""{"type":"ping"}""");
        Assert.Equal("pong", JsonSocket.TypeOf(await client.ReceiveAsync()));

        model.Open();
        await client.ReceiveUntilAsync("stream_end");
        List<string?> answers = [];
        while (answers.Count < 8)
        {
            var frame = await client.ReceiveAsync();
            if (JsonSocket.TypeOf(frame) != "status")
            {
                answers.Add(JsonSocket.TypeOf(frame) == "agent_response" ? frame.GetProperty("content").GetString() : frame.GetProperty("result").GetRawText());
            }
        }

        Assert.Equal(["1", "2", "3", "4", "5", "6", "7", "8"], answers);
    }

    [Fact]
    public async Task A_failed_answer_is_one_error_and_the_next_message_is_served()
    {
        await using var service = await StartAsync((messages, _) =>
            Scripts.Question(messages) == "fail" ? throw new InvalidOperationException("api key sk-123 refused") : Scripts.Recall(messages, default));
        await using var client = await ConnectAsync(service);
        await client.SendAsync(Streaming("fail"));
        Assert.Equal("Streaming failed: The model could not answer. Please try again.", Error((await client.ReceiveUntilAsync("error"))[^1]));
        await client.SendAsync(Query("fail"));
        Assert.Equal("Query failed: The model could not answer. Please try again.", Error((await client.ReceiveUntilAsync("error"))[^1]));
        await client.SendAsync(Query("go"));
        Assert.Equal("agent_response", JsonSocket.TypeOf((await client.ReceiveUntilAsync("agent_response"))[^1]));
    }

    private Task<WholeService> StartAsync(
        Func<IReadOnlyList<ChatMessage>, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> script,
        IEnumerable<StreamChat.ToolWorker.Tools.Tool>? tools = null,
        params (string Key, string Value)[] settings) => AgentEngineClient.StartAsync(broker, script, tools, settings);

    private static Task<JsonSocket> ConnectAsync(WholeService service) => AgentEngineClient.ConnectAsync(service);

    private static string Query(string query) => AgentEngineClient.Query(query);

    private static string Streaming(string query) => AgentEngineClient.Streaming(query);

    private static StreamChat.ToolWorker.Tools.Tool Hanging(string name, TaskCompletionSource called) => AgentEngineClient.Hanging(name, called);

    private static string? Error(JsonElement frame) => frame.GetProperty("error").GetString();

    private static async Task<JsonElement> CallAsync(JsonSocket client, string tool, string parameters)
    {
        await client.SendAsync($$"""{"type":"tool_call","tool_name":"{{tool}}","params":{{parameters}}}""");
        return await client.ReceiveAsync();
    }
}
