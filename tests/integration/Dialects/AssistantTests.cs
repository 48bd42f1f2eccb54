using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using StreamChat.IntegrationTests.Runs;
using StreamChat.IntegrationTests.Traces;
using StreamChat.TestSupport.Brokers;

namespace StreamChat.IntegrationTests.Dialects;

/// <summary>The assistant's protocol over real sockets, with the rooms and the agents of a real cluster behind it.</summary>
public sealed class AssistantTests(RabbitMqServer broker)
{
    [Fact]
    public async Task A_turn_goes_from_the_connect_frame_to_the_completion_and_the_next_one_remembers_it()
    {
        await using var service = await StartAsync();
        await using var socket = await ConnectAsync(service, "user_id=ada&username=Ada%20L%C3%B6");
        var connected = (await socket.ReceiveAsync())!;
        Assert.Equal(("connect", "user_ada_room", "Ada Lö"), (Text(connected["type"]), Text(connected["room_id"]), Text(connected["content"]!["user_info"]!["username"])));

        await socket.SendAsync("""{"type":"chat","content":"weather"}""");
        var frames = await ReadTurnAsync(socket);
        var end = frames[^1]["content"]!;
        Assert.Equal("You said 1 times, last: weather", Text(end["raw_response"]));
        Assert.Equal("Weather Agent", Text(end["current_agent"]));
        Assert.Equal(["handoff", "message"], end["events"]!.AsArray().Select(e => Text(e!["type"])));
        Assert.True(JsonNode.DeepEquals(end["raw_response"], end["final_response"]!["raw_response"]));
        Assert.Contains("Triage Agent", end["agents"]!.AsArray().Select(a => Text(a!["name"])));
        Assert.Equal("ada", Text(end["context"]!["user_id"]));
        Assert.All(frames[..^1], f => Assert.False(f["content"]!["is_finished"]!.GetValue<bool>()));
        Assert.All(frames.Zip(frames.Skip(1)), pair => Assert.StartsWith(Text(pair.First["content"]!["raw_response"])!, Text(pair.Second["content"]!["raw_response"]), StringComparison.Ordinal));

        await socket.SendAsync("""{"type":"chat","content":"again"}""");
        var next = (await ReadTurnAsync(socket))[^1]["content"]!;
        Assert.Equal("You said 2 times, last: again", Text(next["raw_response"]));
        Assert.Equal(Text(end["conversation_id"]), Text(next["conversation_id"]));

        // the id that was told names the same conversation, another one begins anew
        await socket.SendAsync($$$"""{"type":"chat","content":"more","metadata":{"conversation_id":"{{{Text(end["conversation_id"])}}}"} }""");
        Assert.Equal("You said 3 times, last: more", Text((await ReadTurnAsync(socket))[^1]["content"]!["raw_response"]));
        await socket.SendAsync("""{"type":"switch_conversation","content":{"conversation_id":"mine"}}""");
        Assert.Equal("conversation_switched", Text((await socket.ReceiveAsync())!["content"]!["type"]));
        await socket.SendAsync("""{"type":"chat","content":"hello"}""");
        var other = (await ReadTurnAsync(socket))[^1]["content"]!;
        Assert.Equal(("You said 1 times, last: hello", "mine"), (Text(other["raw_response"]), Text(other["conversation_id"])));
    }

    [Fact]
    public async Task A_room_sees_what_is_asked_in_it_and_a_private_one_lets_nobody_in_uninvited()
    {
        await using var service = await StartAsync();
        await using var ada = await ConnectAsync(service, "user_id=ada&room_id=kitchen");
        await using var bob = await ConnectAsync(service, "user_id=bob");
        await using var eve = await ConnectAsync(service, "user_id=eve");
        Assert.Equal("kitchen", Text((await ada.ReceiveAsync())!["content"]!["room_id"]));
        await bob.ReceiveAsync();
        await eve.ReceiveAsync();

        // what comes after a command may rely on it, and so may whoever sees its answer
        Assert.Equal(["user_ada_room", "kitchen"], (await CommandAsync(ada, "get_connection_info", "{}"))["connection_info"]!["rooms"]!.AsArray().Select(Text));
        Assert.True(Success(await CommandAsync(bob, "join_room", """{"room_id":"kitchen"}""")));
        Assert.False(Success(await CommandAsync(eve, "join_room", """{"room_id":"user_ada_room"}""")));
        await bob.SendAsync("""{"type":"chat","content":"soup","room_id":"kitchen"}""");
        var asked = (await ReadTurnAsync(bob))[^1];
        var seen = (await ReadTurnAsync(ada))[^1];
        Assert.Equal(("kitchen", "kitchen"), (Text(asked["room_id"]), Text(seen["room_id"])));
        Assert.Equal("You said 1 times, last: soup", Text(seen["content"]!["raw_response"]));
        Assert.Equal(Text(asked["content"]!["conversation_id"]), Text(seen["content"]!["conversation_id"]));

        // eve names the room without being in it: her turn is her own
        await eve.SendAsync("""{"type":"chat","content":"mine","room_id":"kitchen"}""");
        var own = (await ReadTurnAsync(eve))[^1];
        Assert.Equal(("user_eve_room", "You said 1 times, last: mine"), (Text(own["room_id"]), Text(own["content"]!["raw_response"])));

        Assert.True(Success(await CommandAsync(ada, "create_room", """{"room_id":"vault","is_private":true,"max_members":2}""")));
        Assert.False(Success(await CommandAsync(ada, "create_room", """{"room_id":"vault"}""")));
        Assert.False(Success(await CommandAsync(bob, "join_room", """{"room_id":"vault"}""")));
        Assert.True(Success(await CommandAsync(ada, "invite", """{"room_id":"vault","user_id":"bob"}""")));
        Assert.True(Success(await CommandAsync(bob, "join_room", """{"room_id":"vault"}""")));
        Assert.Equal(["kitchen"], (await CommandAsync(eve, "list_rooms", "{}"))["rooms"]!.AsArray().Select(r => Text(r!["room_id"])));
        Assert.Equal(["kitchen", "vault"], (await CommandAsync(ada, "list_rooms", "{}"))["rooms"]!.AsArray().Select(r => Text(r!["room_id"])));

        // only who shares a room hears of it; the next thing that eve hears is the answer to her own ping
        await bob.SendAsync("""{"type":"disconnect","content":{}}""");
        var offline = (await ada.ReceiveAsync())!["content"]!;
        Assert.Equal(("user_offline", "bob", "用户_bob"), (Text(offline["type"]), Text(offline["user_id"]), Text(offline["username"])));
        await eve.SendAsync("""{"type":"ping"}""");
        Assert.Equal("pong", Text((await eve.ReceiveAsync())!["type"]));
        Assert.True(Success(await CommandAsync(bob, "leave_room", """{"room_id":"kitchen"}""")));
    }

    [Fact]
    public async Task A_failure_of_the_model_is_told_and_the_connection_goes_on()
    {
        await using var service = await StartAsync();
        await using var socket = await ConnectAsync(service, "user_id=ada");
        await socket.ReceiveAsync();
        await socket.SendAsync("""{"type":"chat","content":"fail"}""");
        var failed = await NextAsync(socket, f => Text(f["type"]) != "ai_response");
        Assert.Equal(("ai_error", "流式处理失败"), (Text(failed["type"]), Text(failed["content"]!["error"])));
        await socket.SendAsync("binary");
        Assert.Equal("INVALID_MESSAGE", Text((await socket.ReceiveAsync())!["content"]!["error_code"]));
        await socket.SendAsync("""{"type":"chat","content":"hello"}""");
        Assert.StartsWith("You said ", Text((await ReadTurnAsync(socket))[^1]["content"]!["raw_response"]), StringComparison.Ordinal);
    }

    private async Task<WholeService> StartAsync() => await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), (messages, _) => Answer(messages));

    private static Task<TraceSocket> ConnectAsync(WholeService service, string query) => TraceSocket.ConnectAsync(service.Address, $"/ws?{query}");

    /// <summary>Counts what the user said; hands on who asks for the weather; fails when told so.</summary>
    private static async IAsyncEnumerable<ChatResponseUpdate> Answer(IReadOnlyList<ChatMessage> messages)
    {
        await Task.Yield();
        var said = messages.Where(m => m.Role == ChatRole.User).Select(m => m.Text).ToList();
        if (said[^1] == "fail")
        {
            throw new HttpRequestException("on fire");
        }

        if (said[^1] == "weather" && messages[^1].Role == ChatRole.User)
        {
            yield return ScriptedModel.Call("c1", "transfer_to_weather");
            yield break;
        }

        foreach (var word in $"You said {said.Count} times, last: {said[^1]}".Split(' '))
        {
            yield return ScriptedModel.Text(word == "You" ? word : $" {word}");
        }
    }

    private static async Task<List<JsonNode>> ReadTurnAsync(TraceSocket socket)
    {
        List<JsonNode> frames = [];
        do
        {
            frames.Add((await socket.ReceiveAsync())!);
            Assert.Equal("ai_response", Text(frames[^1]["type"]));
        }
        while (Text(frames[^1]["content"]!["type"]) != "completion");

        return frames;
    }

    private static async Task<JsonNode> NextAsync(TraceSocket socket, Func<JsonNode, bool> wanted)
    {
        while (true)
        {
            var frame = (await socket.ReceiveAsync())!;
            if (wanted(frame))
            {
                return frame;
            }
        }
    }

    private static async Task<JsonNode> CommandAsync(TraceSocket socket, string command, string args)
    {
        await socket.SendAsync($$$"""{"type":"command","content":{"command":"{{{command}}}","args":{{{args}}} } }""");
        var frame = (await socket.ReceiveAsync())!;
        var answer = frame["content"]!;
        Assert.True(Text(answer["command"]) == $"{command}_response", $"{command} was answered by {frame.ToJsonString()}");
        return answer;
    }

    private static bool Success(JsonNode answer) => answer["success"]!.GetValue<bool>();

    private static string? Text(JsonNode? node) => node?.GetValue<string>();
}
