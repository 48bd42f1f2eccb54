using System.Text;

namespace StreamChat.UnitTests.Edge;

/// <summary>Whatever a client sends, no gateway goes out of rotation for it, and no answer says that the service failed.</summary>
public sealed class ClientFaultTests
{
    private const string Close = "Host: x\nConnection: close\n";
    private const string Upgrade = "Host: x\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\n";

    // more than the failures in a row that take a gateway out of rotation, for each of two
    private const int Times = 8;

    private static readonly string Utf8 = Encoding.Latin1.GetString("ä你"u8);

    public static TheoryData<string, string> Requests => new()
    {
        { "utf-8 in a header", $"GET / HTTP/1.1\n{Close}X-A: {Utf8}\n\n" },
        { "latin-1 in a header", $"GET / HTTP/1.1\n{Close}X-A: J\u00f6rg\n\n" },
        { "bytes that are no encoding", $"GET / HTTP/1.1\n{Close}X-A: \u0080\u00ff\u00c3\n\n" },
        { "user agent", $"GET / HTTP/1.1\n{Close}User-Agent: {Utf8}\n\n" },
        { "authorization", $"GET / HTTP/1.1\n{Close}Authorization: Bearer {Utf8}\n\n" },
        { "cookie", $"GET / HTTP/1.1\n{Close}Cookie: a={Utf8}\n\n" },
        { "content type", $"GET / HTTP/1.1\n{Close}Content-Type: {Utf8}\n\n" },
        { "content headers without content", $"GET / HTTP/1.1\n{Close}Content-Encoding: \u0080\nContent-Language: {Utf8}\nExpires: {Utf8}\n\n" },
        { "control characters", $"GET / HTTP/1.1\n{Close}X-A: a\u0001b\u001fc\u007f\n\n" },
        { "nul", $"GET / HTTP/1.1\n{Close}X-A: a\u0000b\n\n" },
        { "utf-8 in a header's name", $"GET / HTTP/1.1\n{Close}X-{Utf8}: a\n\n" },
        { "utf-8 in the target", $"GET /{Utf8}?a={Utf8} HTTP/1.1\n{Close}\n" },
        { "utf-8 in the host", $"GET / HTTP/1.1\nHost: {Utf8}\nConnection: close\n\n" },
        { "no host", "GET / HTTP/1.1\nConnection: close\n\n" },
        { "old version", "GET / HTTP/1.0\n\n" },
        { "future version", $"GET / HTTP/3.7\n{Close}\n" },
        { "bad escape", $"GET /%zz/%/%0 HTTP/1.1\n{Close}\n" },
        { "escaped nul", $"GET /a%00b HTTP/1.1\n{Close}\n" },
        { "bad escapes in a thread's id", $"GET /api/v1/threads/%ff%fe%zz%2F%/messages HTTP/1.1\n{Close}\n" },
        { "a thread's id with a backslash", $"GET /api/v1/threads/%5c..%5c\\\\x%/messages?a=%[] HTTP/1.1\n{Close}\n" },
        { "another address in the target", $"GET http://elsewhere.example:1/api/v1/threads/%41 HTTP/1.1\n{Close}\n" },
        { "double slashes", $"GET //elsewhere.example//%2F HTTP/1.1\n{Close}\n" },
        { "asterisk", $"OPTIONS * HTTP/1.1\n{Close}\n" },
        { "connect", "CONNECT elsewhere.example:443 HTTP/1.1\nHost: elsewhere.example:443\nConnection: close\n\n" },
        { "trace", $"TRACE / HTTP/1.1\n{Close}\n" },
        { "unknown method", $"FOO-BAR / HTTP/1.1\n{Close}\n" },
        { "expect", $"POST / HTTP/1.1\n{Close}Expect: the unexpected\nContent-Length: 1\n\na" },
        { "expect continue, no body", $"POST / HTTP/1.1\n{Close}Expect: 100-continue\nContent-Length: 10\n\n" },
        { "half a body", $"POST / HTTP/1.1\n{Close}Content-Length: 100\n\nhalf" },
        { "more than the body", $"POST / HTTP/1.1\n{Close}Content-Length: 1\n\nmore than that" },
        { "bad length", $"POST / HTTP/1.1\n{Close}Content-Length: many\n\na" },
        { "bad chunk", $"POST / HTTP/1.1\n{Close}Transfer-Encoding: chunked\n\nzz\na\n" },
        { "half a chunk", $"POST / HTTP/1.1\n{Close}Transfer-Encoding: chunked\n\nff\na" },
        { "trailers", $"POST / HTTP/1.1\n{Close}TE: trailers\nTrailer: X-T\nTransfer-Encoding: chunked\n\n1\na\n0\nX-T: {Utf8}\n\n" },
        { "unknown coding", $"POST / HTTP/1.1\n{Close}Transfer-Encoding: gzip, chunked\n\n0\n\n" },
        { "get with a body", $"GET / HTTP/1.1\n{Close}Content-Length: 3\n\nabc" },
        { "hop by hop", "GET / HTTP/1.1\nHost: x\nConnection: close, Host, X-Forwarded-For, Content-Length\nTE: gzip;q=x\nProxy-Connection: a\nKeep-Alive: a\n\n" },
        { "large headers", $"GET / HTTP/1.1\n{Close}X-A: {new string('a', 32_000)}\n\n" },
        { "many headers", $"GET / HTTP/1.1\n{Close}{string.Concat(Enumerable.Range(0, 97).Select(i => $"X-{i}: a\n"))}\n" },
        { "bad key of a socket", $"GET /ws/v1 HTTP/1.1\n{Upgrade}Sec-WebSocket-Key: {Utf8}\n\n" },
        { "no key of a socket", $"GET /ws/v1 HTTP/1.1\n{Upgrade}\n" },
        { "bad subprotocol", $"GET /ws/v1 HTTP/1.1\n{Upgrade}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Protocol: {Utf8}\n\n" },
        { "socket with a body", $"POST /ws/v1 HTTP/1.1\n{Upgrade}Content-Length: 3\n\nabc" },
        { "unknown upgrade", "GET /ws/v1 HTTP/1.1\nHost: x\nConnection: Upgrade\nUpgrade: teapot\n\n" },
        { "no http", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_request_of_any_kind_leaves_the_gateways_in_rotation(string kind, string request)
    {
        var ends = kind.StartsWith("half", StringComparison.Ordinal) || kind.EndsWith("no body", StringComparison.Ordinal) || kind == "no http";
        await using var one = await FakeGateway.StartAsync();
        await using var two = await FakeGateway.StartAsync();
        await using var edge = await EdgeUnderTest.StartAsync(one.Url, two.Url);
        await edge.UntilHealthyAsync(2);
        for (var i = 0; i < Times; i++)
        {
            var answer = await RawClient.SendForHeadAsync(edge.Client.BaseAddress!, request, ends);
            if (answer.Length > 0)
            {
                // not that the service failed; whatever else may be said of it
                Assert.DoesNotMatch("^HTTP/1.1 50[234]", answer);
            }

            await RawClient.SendAndResetAsync(edge.Client.BaseAddress!, request);
            await RawClient.SendAndResetAsync(edge.Client.BaseAddress!, request[..(request.Length / 2)]);
        }

        Assert.Contains("\"2 of 2 ", await edge.Client.GetStringAsync("/health/ready", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_of_headers_pass_unchanged_in_both_directions()
    {
        await using var gateway = await FakeGateway.StartAsync();
        await using var edge = await EdgeUnderTest.StartAsync(gateway.Url);
        var answer = await RawClient.SendAsync(edge.Client.BaseAddress!, $"GET /mirror HTTP/1.1\n{Close}X-A: {Utf8} J\u00f6rg \u0080\u00ff\n\n");
        Assert.Contains($"X-A: {Utf8} J\u00f6rg \u0080\u00ff\r\n", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_gateway_that_cannot_be_connected_to_does_go_out_of_rotation()
    {
        await using var one = await FakeGateway.StartAsync();
        await using var two = await FakeGateway.StartAsync();
        await using var edge = await EdgeUnderTest.StartAsync(["--Edge:HealthCheckInterval=00:05:00", "--Edge:ReactivationPeriod=00:05:00"], one.Url, two.Url);
        await edge.UntilHealthyAsync(2);
        await one.DisposeAsync();
        for (var i = 0; i < 100; i++)
        {
            await edge.GetAsync($"/?user_id=user-{i}");
        }

        await edge.UntilHealthyAsync(1);
    }
}
