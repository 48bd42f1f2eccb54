using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Sockets;

namespace StreamChat.IntegrationTests.Dialects;

/// <summary>AuraWell's protocol against the whole service, over a real WebSocket and a real broker.</summary>
public sealed class AuraWellTests(RabbitMqServer broker)
{
    [Fact]
    public async Task A_whole_conversation()
    {
        await using var service = await StartAsync(Scripts.Recall);
        await using var client = await ConnectAsync(service);

        var health = await AskAsync(client, Health("I am tired", "conv_1"));
        Assert.Equal(["sending", "streaming", "done"], Statuses(health));
        var done = health[^1].GetProperty("data");
        Assert.Equal("heard: I am tired", done.GetProperty("full_response").GetString());
        Assert.Equal(Deltas(health), done.GetProperty("full_response").GetString());
        Assert.Equal(("conv_1", 17), (done.GetProperty("conversation_id").GetString(), done.GetProperty("response_length").GetInt32()));

        // the memory goes by member, whatever the conversation is called
        Assert.Equal("heard: I am tired|heard: I am tired|why?", Deltas(await AskAsync(client, General("why?"))));
        var switched = await AskAsync(client, """{"type":"switch_member","data":{"target_member_id":"grandma"}}""");
        Assert.Equal("grandma", switched[^1].GetProperty("data").GetProperty("active_member_id").GetString());
        Assert.Equal("heard: hello", Deltas(await AskAsync(client, Health("hello", "conv_1"))));

        var status = (await AskAsync(client, """{"type":"get_status","data":{}}"""))[^1].GetProperty("data");
        var session = status.GetProperty("session");
        Assert.Equal(("grandma", "conv_1"), (session.GetProperty("active_member_id").GetString(), session.GetProperty("conversation_id").GetString()));
        Assert.Equal(1, status.GetProperty("connected_users").GetInt32());
        Assert.InRange(session.GetProperty("last_activity").GetDateTimeOffset(), session.GetProperty("connected_at").GetDateTimeOffset(), status.GetProperty("server_time").GetDateTimeOffset());

        await AskAsync(client, """{"type":"switch_member","data":{"target_member_id":"ada"}}""");
        Assert.StartsWith("heard: I am tired|heard: I am tired|why?|", Deltas(await AskAsync(client, Health("back", "conv_2"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_memory_outlives_the_connection_and_is_the_users_own()
    {
        await using var service = await StartAsync(Scripts.Recall);
        await using (var client = await ConnectAsync(service))
        {
            await AskAsync(client, General("first"));
        }

        await using var again = await ConnectAsync(service);
        Assert.Equal("heard: first|heard: first|second", Deltas(await AskAsync(again, General("second"))));
        await using var other = await ConnectAsync(service, "grace");
        Assert.Equal("heard: third", Deltas(await AskAsync(other, General("third"))));
    }

    [Fact]
    public async Task Requests_are_acknowledged_at_once_and_answered_in_order_and_one_too_many_is_refused()
    {
        var model = new GatedModel();
        await using var service = await StartAsync(model.Script);
        await using var client = await ConnectAsync(service);
        await client.SendAsync(Health("0", "c"));
        await client.ReceiveUntilAsync("chat_stream");

        // a status and a switch wait like any other
        string[] waiting = [General("1"), """{"type":"get_status"}""", """{"type":"switch_member","data":{"target_member_id":"m"}}""", .. Enumerable.Range(4, 5).Select(i => General($"{i}"))];
        foreach (var frame in waiting)
        {
            await client.SendAsync(frame);
            Assert.Equal("sending", (await client.ReceiveAsync()).GetProperty("status").GetString());
        }

        await client.SendAsync(General("one too many"));
        Assert.Equal("sending", (await client.ReceiveAsync()).GetProperty("status").GetString());
        var refused = await client.ReceiveAsync();
        Assert.Equal(("error", "TOO_MANY_REQUESTS"), (JsonSocket.TypeOf(refused), refused.GetProperty("error_code").GetString()));

        model.Open();
        List<string?> done = [];
        while (done.Count < 1 + waiting.Length)
        {
            var data = (await client.ReceiveUntilAsync(IsDone))[^1].GetProperty("data");
            done.Add(data.TryGetProperty("full_response", out var text) ? text.GetString() : data.EnumerateObject().First().Name);
        }

        Assert.Equal(["0", "1", "session", "active_member_id", "4", "5", "6", "7", "8"], done);
    }

    [Fact]
    public async Task A_failed_answer_is_one_error_and_the_next_message_is_served()
    {
        await using var service = await StartAsync(Script);
        await using var client = await ConnectAsync(service);
        await client.SendAsync(Health("fail", "c"));
        var frames = await client.ReceiveUntilAsync("error");
        Assert.Equal(["sending", "streaming"], Statuses(frames));
        Assert.Equal("PROCESSING_ERROR", frames[^1].GetProperty("error_code").GetString());
        Assert.DoesNotContain("sk-123", frames[^1].GetRawText(), StringComparison.Ordinal);
        Assert.Equal(["sending", "streaming", "done"], Statuses(await AskAsync(client, General("go"))));

        static async IAsyncEnumerable<ChatResponseUpdate> Script(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            yield return ScriptedModel.Text("half");
            if (Scripts.Question(messages) == "fail")
            {
                throw new InvalidOperationException("api key sk-123 refused");
            }
        }
    }

    [Fact]
    public async Task Who_answers_pings_and_stops_is_closed_and_who_never_did_is_not()
    {
        await using var service = await StartAsync(Scripts.Recall, ("Limits:Heartbeat", "00:00:01"));
        await using var silent = await ConnectAsync(service);
        await using var answering = await ConnectAsync(service, "grace");
        var ping = await answering.ReceiveAsync();
        Assert.Equal(("ping", 0), (JsonSocket.TypeOf(ping), ping.GetProperty("heartbeat_id").GetInt32()));
        await answering.SendAsync("""{"type":"pong"}""");
        ping = await answering.ReceiveAsync();
        Assert.Equal(("ping", 1), (JsonSocket.TypeOf(ping), ping.GetProperty("heartbeat_id").GetInt32()));
        Assert.Equal(1000, await answering.WaitForCloseAsync());

        // it has heard more pings than that and is still served
        await silent.ReceiveUntilAsync(f => JsonSocket.TypeOf(f) == "ping" && f.GetProperty("heartbeat_id").GetInt32() == 3);
        Assert.Equal("done", Statuses(await AskAsync(silent, General("go")))[^1]);
    }

    private async Task<WholeService> StartAsync(
        Func<IReadOnlyList<ChatMessage>, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> script, params (string Key, string Value)[] settings) =>
        await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), script, settings: settings);

    private static async Task<JsonSocket> ConnectAsync(WholeService service, string userId = "ada")
    {
        var client = await JsonSocket.ConnectAsync(service.Address, $"/ws/chat/{userId}");
        var welcome = await client.ReceiveAsync();
        Assert.Equal(("welcome", "connected", userId), (JsonSocket.TypeOf(welcome), welcome.GetProperty("status").GetString(), welcome.GetProperty("user_id").GetString()));
        return client;
    }

    private static string Health(string message, string conversation) =>
        JsonSerializer.Serialize(new { type = "health_chat", data = new { message, context = new { mood = "tired" } }, conversation_id = conversation, active_member_id = "ada" });

    private static string General(string message) => JsonSerializer.Serialize(new { type = "general_chat", data = new { message } });

    private static async Task<IReadOnlyList<JsonElement>> AskAsync(JsonSocket client, string frame)
    {
        await client.SendAsync(frame);
        return await client.ReceiveUntilAsync(IsDone);
    }

    private static bool IsDone(JsonElement frame) => frame.TryGetProperty("status", out var status) && status.GetString() == "done";

    private static List<string?> Statuses(IEnumerable<JsonElement> frames) =>
        [.. frames.Where(f => JsonSocket.TypeOf(f) == "status_update").Select(f => f.GetProperty("status").GetString())];

    private static string Deltas(IEnumerable<JsonElement> frames) =>
        string.Concat(frames.Where(f => JsonSocket.TypeOf(f) == "chat_stream").Select(f => f.GetProperty("delta").GetString()));
}
