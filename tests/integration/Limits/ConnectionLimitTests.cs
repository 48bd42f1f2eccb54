using System.Net.WebSockets;
using System.Text.Json;
using StreamChat.IntegrationTests.Auth;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.IntegrationTests.Limits;

/// <summary>How many get in, over real sockets.</summary>
public sealed class ConnectionLimitTests(RabbitMqServer broker)
{
    [Theory]
    [InlineData("/ws/path/ada", 3, 429)]
    [InlineData("/ws/quiet", 5, 503)]
    [InlineData("/ws/v1?user_id=ada", 8, 503)]
    [InlineData("/ws/chat/ada", 3, 429)]
    [InlineData("/ws/agent", 6, 503)]
    [InlineData("/ws/chat", 7, 503)]
    public async Task Of_many_handshakes_at_once_exactly_as_many_get_in_as_may(string path, int may, int status)
    {
        await using var gateway = await GatewayHost.StartAsync(await broker.CreateVirtualHostAsync(), ("Limits:Connections", "8"), ("WS_MAX_CONNECTIONS", "6"), ("Limits:YYChat:Connections", "7"));
        var sockets = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => gateway.ConnectAsync(path)));
        Assert.Equal(may, sockets.Count(s => s.IsOpen));
        Assert.All(sockets.Where(s => !s.IsOpen), s => Assert.Equal((status, "5"), ((int)s.Status, s.Header("Retry-After"))));

        // a place that is left is another's
        await sockets.First(s => s.IsOpen).DisposeAsync();
        await Eventually.TrueAsync(async () =>
        {
            var socket = await gateway.ConnectAsync(path);
            sockets = [.. sockets, socket];
            return socket.IsOpen;
        });
        await Task.WhenAll(sockets.Select(s => s.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Who_turns_out_to_speak_another_protocol_makes_room_on_the_shared_path()
    {
        await using var gateway = await GatewayHost.StartAsync(await broker.CreateVirtualHostAsync(), ("Limits:YYChat:Connections", "1"));
        await using var session = await gateway.ConnectAsync("/ws/chat");
        await using (var refused = await gateway.ConnectAsync("/ws/chat"))
        {
            Assert.Equal(503, (int)refused.Status);
        }

        await session.SendAsync("""{"query":"hi","session_id":"s"}""");
        await using var yychat = await Eventually.GetAsync(() => gateway.ConnectAsync("/ws/chat"), s => s.IsOpen);
        await yychat.SendAsync("""{"type":"ping"}""");
        await using var next = await gateway.ConnectAsync("/ws/chat");
        Assert.Equal(503, (int)next.Status);
    }

    [Fact]
    public async Task A_users_limit_is_not_anothers()
    {
        await using var gateway = await GatewayHost.StartAsync(await broker.CreateVirtualHostAsync());
        var sockets = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => gateway.ConnectAsync($"/ws/path/user-{i % 2}")));
        Assert.Equal(6, sockets.Count(s => s.IsOpen));
        await Task.WhenAll(sockets.Select(s => s.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task An_addresses_limit_is_that_of_the_client_behind_a_trusted_proxy()
    {
        await using var gateway = await GatewayHost.StartAsync(await broker.CreateVirtualHostAsync(), ("Limits:ConnectionsPerAddress", "1"));
        Assert.Equal((101, 429), (await FromAsync("192.0.2.1"), await FromAsync("192.0.2.1")));

        // what the client had written there itself does not count
        Assert.Equal((101, 429), (await FromAsync("6.6.6.6, 192.0.2.2"), await FromAsync("7.7.7.7, 192.0.2.2")));

        async Task<int> FromAsync(string forwarded)
        {
            // stays open until the gateway goes
            var socket = new ClientWebSocket();
            socket.Options.CollectHttpResponseDetails = true;
            socket.Options.SetRequestHeader("X-Forwarded-For", forwarded);
            try
            {
                await socket.ConnectAsync(new UriBuilder(new Uri(gateway.Address, "/ws/quiet")) { Scheme = "ws" }.Uri, TestContext.Current.CancellationToken);
            }
            catch (WebSocketException)
            {
                // the status tells
            }

            return (int)socket.HttpStatusCode;
        }
    }

    [Fact]
    public async Task Requests_past_the_bucket_are_told_to_wait()
    {
        await using var gateway = await GatewayHost.StartAsync(
            await broker.CreateVirtualHostAsync(), ("Limits:Requests", "2"), ("Limits:RequestsPerSecond", "0.01"), ("Limits:RunsPerConnection", "100"));
        await using var one = await gateway.ConnectAsync("/ws/v1?user_id=ada");
        await using var other = await gateway.ConnectAsync("/ws/v1?user_id=ada");
        await one.ReceiveAsync();
        await other.ReceiveAsync();
        const string Run = """{"type":"run","messages":[{"role":"user","content":"hi"}]}""";

        // nobody answers them, but they are accepted
        await one.SendAsync(Run);
        await one.SendAsync(Run);
        Assert.All([await one.ReceiveAsync(), await one.ReceiveAsync()], f => Assert.Equal("accepted", JsonElement.Parse(f).GetProperty("type").GetString()));
        await other.SendAsync(Run);
        var error = JsonElement.Parse(await other.ReceiveAsync());
        Assert.Equal(("rate_limited", true), (error.GetProperty("code").GetString(), error.GetProperty("retryable").GetBoolean()));
        await other.SendAsync("""{"type":"ping"}""");
        Assert.Contains("pong", await other.ReceiveAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_of_a_user_past_their_number_are_busy()
    {
        await using var gateway = await GatewayHost.StartAsync(await broker.CreateVirtualHostAsync(), ("Limits:RunsPerUser", "1"));
        await using var one = await gateway.ConnectAsync("/ws/v1?user_id=ada");
        await using var other = await gateway.ConnectAsync("/ws/v1?user_id=ada");
        await one.ReceiveAsync();
        await other.ReceiveAsync();
        const string Run = """{"type":"run","messages":[{"role":"user","content":"hi"}]}""";
        await one.SendAsync(Run);
        Assert.Contains("accepted", await one.ReceiveAsync(), StringComparison.Ordinal);
        await other.SendAsync(Run);
        Assert.Equal("busy", JsonElement.Parse(await other.ReceiveAsync()).GetProperty("code").GetString());

        // who leaves waits for it no more
        await one.DisposeAsync();
        await Eventually.TrueAsync(async () =>
        {
            await other.SendAsync(Run);
            return (await other.ReceiveAsync()).Contains("accepted", StringComparison.Ordinal);
        });
    }
}
