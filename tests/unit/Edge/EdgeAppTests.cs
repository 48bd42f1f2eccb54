using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using StreamChat.Edge;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.UnitTests.Edge;

public sealed class EdgeAppTests
{
    private const string ClientTrace = "4bf92f3577b34da6a3ce929d0e0e4736";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_socket_is_passed_through_with_its_subprotocol_and_its_close()
    {
        await using var gateway = await FakeGateway.StartAsync();
        await using var edge = await EdgeUnderTest.StartAsync(gateway.Url);

        var (socket, _) = await edge.ConnectAsync("/ws/v1?user_id=ann");
        using var closing = socket;
        Assert.Equal("streamchat.v1", socket.SubProtocol);
        await socket.SendAsync(Encoding.UTF8.GetBytes("héllo"), WebSocketMessageType.Text, endOfMessage: true, Cancel);
        Assert.Equal("héllo", await EdgeUnderTest.ReceiveAsync(socket));

        await socket.CloseAsync((WebSocketCloseStatus)4001, "bye", Cancel);
        Assert.Equal((4001, "bye"), ((int)socket.CloseStatus!, socket.CloseStatusDescription));
    }

    [Fact]
    public async Task A_user_comes_to_the_same_gateway_by_every_way_and_users_are_spread()
    {
        await using var one = await FakeGateway.StartAsync();
        await using var two = await FakeGateway.StartAsync();
        await using var edge = await EdgeUnderTest.StartAsync(one.Url, two.Url);
        await edge.UntilHealthyAsync(2);

        var taken = new HashSet<string>();
        for (var i = 0; i < 20; i++)
        {
            var (first, byQuery) = await edge.ConnectAsync($"/ws/v1?user_id=user-{i}");
            var (second, byPath) = await edge.ConnectAsync($"/ws/chat/user-{i}");
            first.Dispose();
            second.Dispose();
            Assert.Equal(byQuery, byPath);
            Assert.Equal(byQuery, (await edge.GetAsync($"/api/threads?user_id=user-{i}")).Gateway);
            taken.Add(byQuery);
        }

        Assert.Equal(2, taken.Count);
    }

    [Fact]
    public async Task The_ids_of_threads_arrive_as_they_were_sent()
    {
        await using var gateway = await FakeGateway.StartAsync();
        await using var edge = await EdgeUnderTest.StartAsync(gateway.Url);
        await edge.UntilHealthyAsync(1);
        var target = $"/api/v1/threads/{Uri.EscapeDataString("~yychat/%E5%B0%8F/a%2Fb 你")}/messages?user_id=ann&limit=5";
        Assert.Equal(target, (await edge.GetAsync(target)).RawTarget);
    }

    [Theory]
    [InlineData(false, 100, HttpStatusCode.OK)]
    [InlineData(false, 101, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(false, 500_000, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(true, 50, HttpStatusCode.OK)]
    [InlineData(true, 101, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(true, 50_000, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_body_that_is_too_large_is_the_clients_fault_whatever_a_gateway_does_with_it(bool chunked, int bytes, HttpStatusCode status)
    {
        await using var gateway = await FakeGateway.StartAsync();
        await using var edge = await EdgeUnderTest.StartAsync(["--Edge:MaxBody=100"], gateway.Url);
        await edge.UntilHealthyAsync(1);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/nowhere?user_id=ann") { Content = new ByteArrayContent(new byte[bytes]) };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await edge.Client.SendAsync(request, Cancel);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await edge.Client.GetAsync("/?user_id=ann", Cancel)).StatusCode);
    }

    [Fact]
    public async Task A_gateway_that_is_not_ready_gets_nothing_new_keeps_its_sockets_and_comes_back()
    {
        await using var one = await FakeGateway.StartAsync();
        await using var two = await FakeGateway.StartAsync();
        await using var edge = await EdgeUnderTest.StartAsync(one.Url, two.Url);
        await edge.UntilHealthyAsync(2);
        var (socket, home) = await edge.ConnectAsync("/ws/v1?user_id=ann");
        using var closing = socket;
        var (draining, other) = home == one.Url ? (one, two) : (two, one);

        // on a busy machine a probe may be late for either of them
        draining.Ready = false;
        await Eventually.TrueAsync(async () => (await edge.GetAsync("/?user_id=ann")).Gateway == other.Url);
        await socket.SendAsync(Encoding.UTF8.GetBytes("still here"), WebSocketMessageType.Text, endOfMessage: true, Cancel);
        Assert.Equal("still here", await EdgeUnderTest.ReceiveAsync(socket));

        draining.Ready = true;
        await Eventually.TrueAsync(async () => (await edge.GetAsync("/?user_id=ann")).Gateway == home);
    }

    [Fact]
    public async Task Users_of_a_gateway_that_died_are_served_by_the_next_one_at_once()
    {
        await using var one = await FakeGateway.StartAsync();
        await using var two = await FakeGateway.StartAsync();
        await using var edge = await EdgeUnderTest.StartAsync(one.Url, two.Url);
        await edge.UntilHealthyAsync(2);
        var home = (await edge.GetAsync("/?user_id=ann")).Gateway;
        var (dying, other) = home == one.Url ? (one, two) : (two, one);
        var otherUrl = other.Url;

        await dying.DisposeAsync();
        var (socket, gateway) = await edge.ConnectAsync("/ws/v1?user_id=ann");
        using var closing = socket;
        Assert.Equal(otherUrl, gateway);
        Assert.Equal(otherUrl, (await edge.GetAsync("/?user_id=ann")).Gateway);
    }

    [Fact]
    public async Task When_no_gateway_can_be_reached_the_answer_says_when_to_try_again()
    {
        await using var one = await FakeGateway.StartAsync();
        await using var two = await FakeGateway.StartAsync();
        await using var edge = await EdgeUnderTest.StartAsync(one.Url, two.Url);
        await edge.UntilHealthyAsync(2);

        await one.DisposeAsync();
        await two.DisposeAsync();
        using var response = await edge.Client.GetAsync("/?user_id=ann", Cancel);

        // a probe may have found out first
        await AssertUnavailableAsync(response, response.StatusCode == HttpStatusCode.ServiceUnavailable ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.BadGateway);
    }

    [Fact]
    public async Task Sockets_that_a_gateway_cuts_do_not_take_it_out_of_rotation()
    {
        await using var one = await FakeGateway.StartAsync();
        await using var two = await FakeGateway.StartAsync();
        await using var edge = await EdgeUnderTest.StartAsync(one.Url, two.Url);
        await edge.UntilHealthyAsync(2);
        var home = (await edge.GetAsync("/?user_id=ann")).Gateway;

        // rubbish for which the gateway cuts the socket, again and again
        for (var i = 0; i < 30; i++)
        {
            var (socket, gateway) = await edge.ConnectAsync("/ws/v1?user_id=ann");
            Assert.Equal(home, gateway);
            await socket.SendAsync(Encoding.UTF8.GetBytes(FakeGateway.CutMe), WebSocketMessageType.Text, endOfMessage: true, Cancel);
            await Assert.ThrowsAsync<WebSocketException>(() => EdgeUnderTest.ReceiveAsync(socket));
            socket.Dispose();
        }

        Assert.Equal(home, (await edge.GetAsync("/?user_id=ann")).Gateway);
    }

    [Fact]
    public async Task With_no_gateway_the_edge_is_not_ready_and_tries_all_the_same_until_one_comes()
    {
        await using var gateway = await FakeGateway.StartAsync();
        gateway.Ready = false;
        await using var edge = await EdgeUnderTest.StartAsync(gateway.Url);

        await Eventually.TrueAsync(async () =>
        {
            using var response = await edge.Client.GetAsync("/health/ready", Cancel);
            return response.StatusCode == HttpStatusCode.ServiceUnavailable;
        });

        // the gateway says itself what it cannot do
        Assert.Equal(gateway.Url, (await edge.GetAsync("/?user_id=ann")).Gateway);
        using (var live = await edge.Client.GetAsync("/health/live", Cancel))
        {
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        }

        gateway.Ready = true;
        await edge.UntilHealthyAsync(1);
        Assert.Equal(gateway.Url, (await edge.GetAsync("/?user_id=ann")).Gateway);
    }

    [Fact]
    public async Task A_gateway_s_own_503_is_passed_on_as_it_is()
    {
        await using var gateway = await FakeGateway.StartAsync();
        await using var edge = await EdgeUnderTest.StartAsync(gateway.Url);

        using var response = await edge.Client.GetAsync("/busy", Cancel);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("too many users", await response.Content.ReadAsStringAsync(Cancel));
        Assert.Null(response.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("00")]
    [InlineData("01")]
    public async Task A_client_s_trace_ends_at_the_edge_which_begins_one_of_its_own(string flags)
    {
        await using var gateway = await FakeGateway.StartAsync();
        await using var edge = await EdgeUnderTest.StartAsync(gateway.Url);
        var headers = await TracedAsync(edge, flags);

        Assert.NotEqual(ClientTrace, headers.GetValueOrDefault("traceparent", "00-none").Split('-')[1]);
        Assert.Empty(new[] { "tracestate", "baggage", "Request-Id", "Correlation-Context" }.Intersect(headers.Keys, StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_trace_of_a_trusted_proxy_goes_on_to_the_gateway()
    {
        await using var gateway = await FakeGateway.StartAsync();
        await using var edge = await EdgeUnderTest.StartAsync(["--Edge:TrustedProxies:0=127.0.0.0/8"], gateway.Url);
        var headers = await TracedAsync(edge, "01");

        Assert.Equal(ClientTrace, headers["traceparent"].Split('-')[1]);
        Assert.Equal("vendor=1", headers["tracestate"]);
    }

    [Fact]
    public async Task The_gateway_learns_where_the_request_came_from_and_not_from_the_client()
    {
        await using var gateway = await FakeGateway.StartAsync();
        await using var edge = await EdgeUnderTest.StartAsync(gateway.Url);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/a%20b?x=1&y=%2F");
        request.Headers.Host = "chat.example.org";
        request.Headers.Add("X-Forwarded-For", "6.6.6.6");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("Forwarded", "for=6.6.6.6");
        using var response = await edge.Client.SendAsync(request, Cancel);
        var seen = JsonSerializer.Deserialize<Seen>(await response.Content.ReadAsStringAsync(Cancel), JsonSerializerOptions.Web)!;

        Assert.Equal("127.0.0.1", seen.Headers["X-Forwarded-For"]);
        Assert.Equal("http", seen.Headers["X-Forwarded-Proto"]);
        Assert.Equal("chat.example.org", seen.Headers["X-Forwarded-Host"]);
        Assert.Equal("chat.example.org", seen.Headers["Host"]);
        Assert.DoesNotContain("Forwarded", seen.Headers);
        Assert.Equal("/a%20b?x=1&y=%2F", seen.Target);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("OPTIONS")]
    public async Task What_a_browser_says_of_its_page_arrives_unchanged_and_where_it_came_in_is_the_edges_word(string method)
    {
        await using var gateway = await FakeGateway.StartAsync();
        await using var edge = await EdgeUnderTest.StartAsync(gateway.Url);

        using var request = new HttpRequestMessage(new HttpMethod(method), "/api/v1/threads");
        Dictionary<string, string> sent = new()
        {
            ["Origin"] = "capacitor://localhost",
            ["Sec-Fetch-Site"] = "cross-site",
            ["Sec-Fetch-Mode"] = "cors",
            ["Access-Control-Request-Method"] = "GET",
            ["Access-Control-Request-Headers"] = "authorization",
            ["Access-Control-Request-Private-Network"] = "true",
        };
        sent.ToList().ForEach(h => request.Headers.Add(h.Key, h.Value));
        request.Headers.Add("Sec-StreamChat-Listener", "network");
        using var response = await edge.Client.SendAsync(request, Cancel);
        var seen = JsonSerializer.Deserialize<Seen>(await response.Content.ReadAsStringAsync(Cancel), JsonSerializerOptions.Web)!;

        Assert.All(sent, h => Assert.Equal(h.Value, seen.Headers[h.Key]));
        Assert.Equal("loopback", seen.Headers["Sec-StreamChat-Listener"]);
    }

    [Fact]
    public async Task Pages_may_read_when_to_try_again()
    {
        await using var gateway = await FakeGateway.StartAsync();
        await using var edge = await EdgeUnderTest.StartAsync(gateway.Url);
        await gateway.DisposeAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "Origin", "https://chat.example.com" } } };
        using var response = await edge.Client.SendAsync(request, Cancel);

        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(
            ("*", "Retry-After", "nosniff", "no-store"),
            (Header("Access-Control-Allow-Origin"), Header("Access-Control-Expose-Headers"), Header("X-Content-Type-Options"), Header("Cache-Control")));

        string Header(string name) => response.Headers.GetValues(name).Single();
    }

    [Fact]
    public async Task An_event_stream_arrives_event_by_event()
    {
        await using var gateway = await FakeGateway.StartAsync();
        await using var edge = await EdgeUnderTest.StartAsync(gateway.Url);

        using var response = await edge.Client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead, Cancel)
            .WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        for (var i = 1; i <= 3; i++)
        {
            gateway.WriteEvent();
            Assert.Equal($"data: {i}", await reader.ReadLineAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Cancel));
            await reader.ReadLineAsync(Cancel);
        }
    }

    [Fact]
    public async Task Gateways_can_be_added_while_it_runs_and_a_wrong_change_changes_nothing()
    {
        await using var one = await FakeGateway.StartAsync();
        await using var two = await FakeGateway.StartAsync();
        await using var edge = await EdgeUnderTest.StartAsync(one.Url);
        await edge.UntilHealthyAsync(1);

        edge.Configure(("Edge:Gateways:1", two.Url));
        await edge.UntilHealthyAsync(2);

        edge.Configure(("Edge:Gateways:1", "ftp://nowhere"));
        await edge.UntilHealthyAsync(2);
    }

    [Fact]
    public void Wrong_settings_are_reported_together_by_key()
    {
        var e = Assert.Throws<OptionsValidationException>(() => EdgeApp.Build(
            ["--Edge:Gateways:0=ftp://nowhere", "--Edge:Gateways:1=http://a", "--Edge:Gateways:2=http://a/"]));
        Assert.Contains(e.Failures, f => f.Contains("Edge:Gateways:0", StringComparison.Ordinal));
        Assert.Contains(e.Failures, f => f.Contains("Edge:Gateways:2", StringComparison.Ordinal));

        e = Assert.Throws<OptionsValidationException>(() => EdgeApp.Build(["--Edge:HealthCheckThreshold=0"]));
        Assert.Contains("Edge:HealthCheckThreshold", Assert.Single(e.Failures), StringComparison.Ordinal);

        e = Assert.Throws<OptionsValidationException>(() => EdgeApp.Build([]));
        Assert.Contains("Edge__Gateways__0", Assert.Single(e.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_are_as_documented()
    {
        var options = new EdgeOptions();
        Assert.Equal(TimeSpan.FromSeconds(2), options.HealthCheckInterval);
        Assert.Equal(TimeSpan.FromSeconds(2), options.HealthCheckTimeout);
        Assert.Equal(2, options.HealthCheckThreshold);
        Assert.Equal(TimeSpan.FromSeconds(5), options.ReactivationPeriod);
        Assert.Equal(TimeSpan.FromMinutes(3), options.ActivityTimeout);
        Assert.Equal(TimeSpan.FromSeconds(5), options.DrainTimeout);
        Assert.Equal(0, options.Connections);
    }

    private static async Task<Dictionary<string, string>> TracedAsync(EdgeUnderTest edge, string flags)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("traceparent", $"00-{ClientTrace}-00f067aa0ba902b7-{flags}");
        request.Headers.Add("tracestate", "vendor=1");
        request.Headers.Add("baggage", "user=ann");
        request.Headers.Add("Request-Id", "|1.");
        request.Headers.Add("Correlation-Context", "a=1");
        using var response = await edge.Client.SendAsync(request, Cancel);
        return JsonSerializer.Deserialize<Seen>(await response.Content.ReadAsStringAsync(Cancel), JsonSerializerOptions.Web)!.Headers;
    }

    private static async Task AssertUnavailableAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(2), response.Headers.RetryAfter!.Delta);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal("unavailable", body.RootElement.GetProperty("code").GetString());
    }
}
