using System.Net.WebSockets;
using System.Text;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.EndToEndTests.Distributed;

/// <summary>Rubbish gets an error or a close code, and the connection next to it does not notice.</summary>
[Collection(nameof(DistributedCollection))]
public sealed class BadFrameTests(DistributedStack stack)
{
    public static TheoryData<string, string> Frames => new()
    {
        { "hello", "invalid_json" },
        { "", "invalid_json" },
        { "[1,2]", "invalid_frame" },
        { """{"type":5}""", "invalid_frame" },
        { """{"type":"run","messages":"hi"}""", "invalid_frame" },
        { """{"type":"run","runId":"x","messages":[{"role":"user","content":"hi"}]}""", "invalid_frame" },
        { """{"type":"run","messages":[{"role":"user","content":"\ud800"}]}""", "invalid_frame" },
        { """{"type":"dance"}""", "unknown_type" },
        { $$"""{"type":"run","state":{{new string('[', 1000)}}{{new string(']', 1000)}}}""", "invalid_json" },
        { $$"""{"type":"run","messages":[{"role":"user","content":"{{new string('x', 100_001)}}"}]}""", "too_large" },
    };

    [Theory]
    [MemberData(nameof(Frames), DisableDiscoveryEnumeration = true)]
    public async Task A_bad_frame_gets_its_error_and_the_connection_stays(string frame, string code)
    {
        await using var client = await stack.ConnectAsync("clumsy");
        await client.SendAsync(frame);
        Assert.Equal(code, (await client.ReceiveAsync("error")).GetProperty("code").GetString());
        await AssertStillServedAsync(client);
    }

    [Fact]
    public async Task A_binary_frame_gets_its_error_and_the_connection_stays()
    {
        await using var client = await stack.ConnectAsync("clumsy");
        await client.SendAsync("{}"u8.ToArray(), WebSocketMessageType.Binary);
        Assert.Equal("invalid_frame", (await client.ReceiveAsync("error")).GetProperty("code").GetString());
        await AssertStillServedAsync(client);
    }

    [Fact]
    public async Task A_frame_over_the_limit_closes_with_1009()
    {
        await using var client = await stack.ConnectAsync("clumsy");
        await client.SendAsync(new byte[(1024 * 1024) + 1], WebSocketMessageType.Text);
        Assert.Equal(1009, await client.WaitForCloseAsync());
    }

    [Fact]
    public async Task A_frame_at_the_limit_is_read()
    {
        await using var client = await stack.ConnectAsync("clumsy");
        await client.SendAsync(Encoding.UTF8.GetBytes(new string(' ', (1024 * 1024) - 15) + """{"type":"ping"}"""), WebSocketMessageType.Text);
        Assert.Equal("pong", (await client.ReceiveAsync()).GetProperty("type").GetString());
    }

    [Fact]
    public async Task Text_that_is_not_utf8_closes_with_1007()
    {
        // the code must not be lost to the network stack, not even once in many
        for (var i = 0; i < 10; i++)
        {
            await using var client = await stack.ConnectAsync("clumsy");
            await client.SendAsync(new byte[] { (byte)'"', 0xC3, 0x28, (byte)'"' }, WebSocketMessageType.Text);
            Assert.Equal(1007, await client.WaitForCloseAsync());
        }
    }

    [Fact]
    public async Task The_twentieth_bad_frame_in_a_row_closes_with_1008()
    {
        await using var client = await stack.ConnectAsync("clumsy");
        for (var i = 0; i < 19; i++)
        {
            await client.SendAsync("rubbish");
            Assert.Equal("error", (await client.ReceiveAsync()).GetProperty("type").GetString());
        }

        // a good one in between begins the count anew
        await client.SendAsync("""{"type":"ping"}""");
        await client.ReceiveAsync("pong");
        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync("rubbish");
            Assert.Equal("error", (await client.ReceiveAsync()).GetProperty("type").GetString());
        }

        Assert.Equal(1008, await client.WaitForCloseAsync());
    }

    [Theory]
    [InlineData("/ws/v1", 403)]
    [InlineData("/ws/v1?user_id=", 403)]
    [InlineData("/ws/nowhere?user_id=ada", 404)]
    public async Task A_refused_handshake_is_http(string address, int status)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        var uri = new UriBuilder(new Uri(stack.Edge.BaseAddress, address)) { Scheme = "ws" }.Uri;
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(uri, TestContext.Current.CancellationToken));
        Assert.Equal(status, (int)socket.HttpStatusCode);
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_closed_and_delays_nobody()
    {
        await using var slow = await stack.ConnectAsync("slow");
        var id = slow.Welcome.GetProperty("connectionId").GetString()!;

        // each ends after 100,000 tokens, two megabytes: of one alone all may find room in the buffers of the system
        for (var i = 0; i < 8; i++)
        {
            await slow.StartAsync("/load 1000000");
        }

        await using var quick = await stack.ConnectAsync("slow"); // same gateway
        var run = await quick.RunAsync("/load 200 200");
        Assert.Equal(Enumerable.Range(1, 200), run.LoadNumbers);

        // it is let go of while it does not read at all
        await Eventually.TrueAsync(async () => !await IsOpenAsync(id), TimeSpan.FromSeconds(90));

        // and finds out when it reads on: the close frame may have found room, else the connection was cut
        var code = await CloseOf(slow);
        Assert.True(code is 1013 or null, $"closed with {code}");
    }

    private async Task<bool> IsOpenAsync(string connectionId)
    {
        using var http = new HttpClient();
        var statistics = await Task.WhenAll(stack.Gateways.Select(g =>
            http.GetStringAsync(new Uri(g.BaseAddress, "/ws/statistics"), TestContext.Current.CancellationToken)));
        return statistics.Any(s => s.Contains($"\"{connectionId}\"", StringComparison.Ordinal));
    }

    private static async Task<int?> CloseOf(NativeClient client)
    {
        try
        {
            return await client.WaitForCloseAsync();
        }
        catch (WebSocketException)
        {
            return null;
        }
    }

    // a run that is rejected as retryable, because the store is busy with what other tests left, is asked for again
    private static Task AssertStillServedAsync(NativeClient client) =>
        Eventually.TrueAsync(async () => (await client.RunAsync("/load 3")).End == "RUN_FINISHED", TimeSpan.FromMinutes(1));
}
