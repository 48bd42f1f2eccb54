using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.Gateway.Requests;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;
using static StreamChat.IntegrationTests.Runs.ScriptedModel;

namespace StreamChat.IntegrationTests.Dialects;

/// <summary>YYChat and the session protocol over real sockets on their one path.</summary>
public sealed class SharedPathTests(RabbitMqServer broker)
{
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Both_protocols_are_served_on_one_path()
    {
        await using var service = await StartAsync();
        await using var yychat = await ConnectAsync(service);
        await using var session = await ConnectAsync(service);

        await yychat.SendAsync("""{"type":"text_message","content":"hello"}""");
        var stream = await yychat.ReceiveUntilAsync("stream_end");
        Assert.Equal(["connection_established", "processing_start", "stream_start"], stream.Take(3).Select(Type));
        Assert.Equal("one two three", string.Concat(stream.Where(f => Type(f) == "stream_chunk").Select(f => f.GetProperty("content").GetString())));
        Assert.Equal("one two three", stream[^1].GetProperty("full_content").GetString());
        Assert.Equal("", stream[^2].GetProperty("content").GetString());

        await session.SendAsync("""{"query":"hello","session_id":"s"}""");
        var answer = await session.ReceiveUntilAsync("done");
        Assert.All(answer.SkipLast(1).Where(f => Type(f) != "connection_established"), f => Assert.Equal("content", Type(f)));
        Assert.Equal("one two three", TextOf(answer));

        // each is known for what it is, and counted so
        using var http = new HttpClient();
        var status = await Eventually.GetAsync(
            () => http.GetFromJsonAsync<JsonElement>(new Uri(service.Address, "/ws/status"), TestContext.Current.CancellationToken),
            s => s.GetProperty("data").GetProperty("total_messages").GetInt32() == stream.Count);
        Assert.Equal("success", status.GetProperty("status").GetString());
        Assert.Equal(1, status.GetProperty("data").GetProperty("total_connections").GetInt32());
        Assert.Equal(100, status.GetProperty("data").GetProperty("max_connections").GetInt32());
    }

    [Fact]
    public async Task Who_stays_silent_is_greeted_and_may_still_be_a_session_client()
    {
        await using var service = await StartAsync();
        await using var client = await ConnectAsync(service);
        Assert.Equal("connection_established", Type(await client.ReceiveAsync()));
        await client.SendAsync("""{"query":"hello"}""");
        Assert.Equal("one two three", TextOf(await client.ReceiveUntilAsync("done")));
    }

    [Fact]
    public async Task The_status_is_told_in_the_middle_of_a_stream_and_a_second_message_waits_for_its_end()
    {
        await using var service = await StartAsync();
        await using var client = await ConnectAsync(service);
        await client.SendAsync("""{"type":"text_message","content":"wait"}""");
        await client.ReceiveUntilAsync("stream_chunk");
        await client.SendAsync("""{"type":"text_message","content":"hello","stream":false,"conversation_id":"c"}""");
        await client.SendAsync("""{"type":"get_status"}""");
        await client.SendAsync("""{"type":"heartbeat"}""");

        // nothing of the stream can come before it goes on
        var status = await client.ReceiveAsync();
        Assert.Equal("status_response", Type(status));
        Assert.Equal(1, status.GetProperty("data").GetProperty("active_connections").GetInt32());
        Assert.Equal("heartbeat_response", Type(await client.ReceiveAsync()));

        _goOn.SetResult();
        var rest = await client.ReceiveUntilAsync("text_response");
        Assert.Equal(["stream_end", "processing_start", "text_response"], rest.Select(Type).SkipWhile(t => t == "stream_chunk"));
        Assert.Equal("one two three", rest[^1].GetProperty("content").GetString());
        Assert.Equal("c", rest[^1].GetProperty("conversation_id").GetString());
    }

    [Fact]
    public async Task Conversations_are_remembered_by_their_names_and_by_connection()
    {
        await using var service = await StartAsync();
        await using (var first = await ConnectAsync(service))
        {
            await first.SendAsync("""{"type":"text_message","content":"hello","stream":false,"conversation_id":"c"}""");
            await first.ReceiveUntilAsync("text_response");
            await first.SendAsync("""{"type":"text_message","content":"hello","stream":false}""");
            await first.ReceiveUntilAsync("text_response");
            await first.SendAsync("""{"type":"text_message","content":"recall","stream":false}""");
            Assert.Equal("hello|one two three|recall", (await first.ReceiveUntilAsync("text_response"))[^1].GetProperty("content").GetString());
        }

        await using var second = await ConnectAsync(service);
        await second.SendAsync("""{"type":"text_message","content":"recall","stream":false,"conversation_id":"c"}""");
        Assert.Equal("hello|one two three|recall", (await second.ReceiveUntilAsync("text_response"))[^1].GetProperty("content").GetString());

        await using var session = await ConnectAsync(service);
        await session.SendAsync("""{"query":"hello","session_id":"s"}""");
        await session.ReceiveUntilAsync("done");
        await session.SendAsync("""{"query":"recall","session_id":"s"}""");
        Assert.Equal("hello|one two three|recall", TextOf(await session.ReceiveUntilAsync("done")));
        await session.SendAsync("""{"query":"recall"}""");
        Assert.Equal("recall", TextOf(await session.ReceiveUntilAsync("done")));
    }

    [Fact]
    public async Task Bad_frames_are_answered_and_the_connection_is_kept()
    {
        await using var service = await StartAsync();
        await using var yychat = await ConnectAsync(service);
        await yychat.SendAsync("""{"type":"dance"}""");
        Assert.Equal("Unknown message type: dance", (await yychat.ReceiveUntilAsync("error"))[^1].GetProperty("error").GetProperty("message").GetString());
        await yychat.SendAsync("nonsense");
        Assert.Equal("invalid_json", (await yychat.ReceiveAsync()).GetProperty("error").GetProperty("code").GetString());
        await yychat.SendAsync(new byte[] { 1, 2, 3 }, WebSocketMessageType.Binary);
        Assert.Equal("processing_failed", (await yychat.ReceiveAsync()).GetProperty("error").GetProperty("code").GetString());
        await yychat.SendAsync("""{"type":"text_message","content":"fail"}""");
        var failed = await yychat.ReceiveUntilAsync("error");
        Assert.DoesNotContain("stream_end", failed.Select(Type));
        Assert.StartsWith("Streaming response failed: ", failed[^1].GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        await yychat.SendAsync("""{"type":"ping"}""");
        Assert.Equal("pong", Type(await yychat.ReceiveAsync()));

        await using var session = await ConnectAsync(service);
        await session.SendAsync("nonsense");
        Assert.Equal(JsonValueKind.String, (await session.ReceiveUntilAsync("error"))[^1].GetProperty("message").ValueKind);
        await session.SendAsync("""{"query":"fail"}""");
        Assert.Equal("error", Type((await session.ReceiveUntilAsync("error"))[^1]));
        await session.SendAsync("""{"query":"hello"}""");
        Assert.Equal("one two three", TextOf(await session.ReceiveUntilAsync("done")));
    }

    [Fact]
    public async Task An_idle_client_of_YYChat_is_told_so_and_closed_and_a_session_client_is_not()
    {
        await using var service = await StartAsync(("Limits:YYChat:Idle", "00:00:02"));
        await using var session = await ConnectAsync(service);
        await session.SendAsync("""{"query":"hello"}""");
        await session.ReceiveUntilAsync("done");
        await using var yychat = await ConnectAsync(service);
        await yychat.SendAsync("""{"type":"ping"}""");
        Assert.Equal("连接已关闭", (await yychat.ReceiveUntilAsync("connection_closed"))[^1].GetProperty("message").GetString());
        Assert.Equal(1000, await yychat.WaitForCloseAsync());

        // it has been silent for longer
        await session.SendAsync("""{"query":"hello"}""");
        await session.ReceiveUntilAsync("done");
    }

    [Fact]
    public async Task What_is_registered_and_what_runs_is_told_over_http()
    {
        await using var service = await StartAsync();
        using var http = new HttpClient();
        var handlers = await http.GetFromJsonAsync<JsonElement>(new Uri(service.Address, "/ws/handlers"), TestContext.Current.CancellationToken);
        Assert.Equal("success", handlers.GetProperty("status").GetString());
        Assert.True(
            JsonElement.DeepEquals(
                JsonElement.Parse("""{"get_status":"YYChatStatusHandler","heartbeat":"HeartbeatHandler","ping":"PingHandler","text_message":"RunHandler"}"""),
                handlers.GetProperty("data").GetProperty("handlers")),
            handlers.GetRawText());
        var middleware = handlers.GetProperty("data").GetProperty("middleware").EnumerateArray().Select(m => m.GetString()).ToList();
        Assert.Equal(RequestPipeline.Order.Select(m => m.Name), middleware);
        Assert.Equal("LoggingMiddleware", middleware[0]);
        var api = await http.GetFromJsonAsync<JsonElement>(new Uri(service.Address, "/api"), TestContext.Current.CancellationToken);
        Assert.Equal(["message", "version", "docs"], api.EnumerateObject().Select(p => p.Name));
        Assert.Equal("/docs", api.GetProperty("docs").GetString());
    }

    [Fact]
    public async Task The_path_with_an_id_left_out_is_not_the_shared_one()
    {
        await using var service = await StartAsync();
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        var address = new UriBuilder(new Uri(service.Address, "/ws/chat/")) { Scheme = "ws" }.Uri;
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(address, TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
    }

    private static Task<JsonSocket> ConnectAsync(WholeService service) => JsonSocket.ConnectAsync(service.Address, "/ws/chat");

    private static string? Type(JsonElement frame) => frame.GetProperty("type").GetString();

    private static string TextOf(IEnumerable<JsonElement> frames) =>
        string.Concat(frames.Where(f => Type(f) == "content").Select(f => f.GetProperty("content").GetString()));

    private async Task<WholeService> StartAsync(params (string Key, string Value)[] settings) =>
        await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), Script, settings: settings);

    private async IAsyncEnumerable<ChatResponseUpdate> Script(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        switch (messages[^1].Text)
        {
            case "recall":
                yield return Text(string.Join('|', messages.Where(m => m.Role != ChatRole.System).Select(m => m.Text)));
                break;
            case "fail":
                yield return Text("half ");
                throw new InvalidOperationException("key sk-123 refused");
            case "wait":
                yield return Text("wait ");
                await _goOn.Task.WaitAsync(cancellationToken);
                yield return Text("over");
                break;
            default:
                foreach (var word in new[] { "one ", "two ", "three" })
                {
                    yield return Text(word);
                }

                break;
        }
    }
}
