using System.Globalization;
using System.Text;
using System.Text.Json;
using StreamChat.Abuse.Network;

namespace StreamChat.Fuzz;

/// <summary>Sends requests that are nearly valid to every HTTP endpoint, those of <c>/openapi/v1.json</c>, the pages and the handshakes.</summary>
internal sealed class HttpFuzzer(Uri server, IReadOnlyList<(string Method, string Path)> endpoints, Mutator mutator, Findings findings, int number)
{
    private const int AddressCrowd = 80;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW"];

    // what a server answers to a request that no server could serve; not a fault of ours
    private static readonly int[] OfTheRequest = [501, 505];

    private static readonly string[] OtherPaths =
    [
        "/", "/test", "/docs", "/openapi/v1.json", "/health/live", "/health/ready", "/client/index.js", "/static/test_websocket.html", "/ws", "/ws/v1", "/ws/chat",
        "/ws/agent", "/ws/chat/x", "/agent_chat_stream", "/favicon.ico", "/nowhere",
    ];

    private static readonly string[] Headers =
    [
        "Origin: http://evil.example", "Origin: null", "Origin: http://localhost:1", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Accept: text/html",
        "Accept: text/event-stream", "Accept: */*;q=x", "Authorization: Bearer x", "Authorization: Basic !", "Authorization: Bearer", "X-Api-Key: x", "Cookie: a=b",
        "Content-Type: text/plain", "Content-Type: application/json; charset=utf-16", "Content-Type: multipart/form-data", "Content-Encoding: gzip",
        "Accept-Encoding: br;q=1, *;q=0", "Range: bytes=0-1,5-2", "If-None-Match: *", "If-Modified-Since: never", "Last-Event-ID: -1", "Expect: 100-continue",
        "X-Forwarded-For: 1.2.3.4, x", "X-Forwarded-Proto: gopher", "X-Forwarded-Host: evil.example", "Forwarded: for=\"[::1\"", "traceparent: 00-x", "tracestate: =",
        "baggage: a=b;c", "Upgrade: h2c", "Upgrade: websocket", "Connection: close, X-User", "Sec-WebSocket-Version: 12", "Sec-WebSocket-Key: x", "Sec-WebSocket-Protocol: ,,",
        "Access-Control-Request-Method: POST", "X-HTTP-Method-Override: DELETE",
    ];

    private int _round;

    /// <summary>The endpoints that the server describes, and the others.</summary>
    public static async Task<IReadOnlyList<(string Method, string Path)>> EndpointsAsync(Uri server)
    {
        using var http = new HttpClient { BaseAddress = server };
        using var description = JsonDocument.Parse(await http.GetStringAsync("/openapi/v1.json"));
        return
        [
            .. description.RootElement.GetProperty("paths").EnumerateObject()
                .SelectMany(path => path.Value.EnumerateObject().Select(method => (method.Name.ToUpperInvariant(), path.Name))),
            .. OtherPaths.Select(path => ("GET", path)),
        ];
    }

    /// <summary>One request.</summary>
    public async Task RoundAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        var (method, path) = mutator.Pick(endpoints);
        var (request, isWhole) = Request(mutator.Chance(0.15) ? mutator.Pick(Methods) : method, path);
        using var client = await RawClient.ConnectAsync(LoopbackAddress.Of(AddressCrowd + number, _round++ % 5_000), server, deadline.Token);
        try
        {
            await client.SendAsync(request, deadline.Token);
            var (status, head) = await client.ReadHeadAsync(deadline.Token);
            findings.Count(string.Create(CultureInfo.InvariantCulture, $"HTTP {status}"));
            var isCapacity = status == 503 && head.Contains("retry-after:", StringComparison.OrdinalIgnoreCase);
            if (status >= 500 && !isCapacity && !OfTheRequest.Contains(status) && !IsHealth(request))
            {
                findings.Add($"HTTP {status}", $"{method} {path}", [request]);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // the server waits for the rest of a request whose end was cut off
            findings.Count(isWhole ? "HTTP: no answer in 10 s" : "HTTP: no answer in 10 s to a request with changed bytes");
            if (isWhole)
            {
                findings.Add("HTTP without answer", $"{method} {path}", [request]);
            }
        }
    }

    // health says 503 when something is missing, which is what it is for
    private static bool IsHealth(byte[] request) => request.AsSpan(0, Math.Min(request.Length, 40)).IndexOf("/health"u8) >= 0;

    private (byte[] Bytes, bool IsWhole) Request(string method, string path)
    {
        var target = new StringBuilder();
        foreach (var segment in path.Split('/').Skip(1))
        {
            var isParameter = segment.StartsWith('{') && segment.EndsWith('}');
            target.Append('/').Append(isParameter || mutator.Chance(0.03) ? Escape(mutator.Text()) : segment);
        }

        if (mutator.Chance(0.7))
        {
            string[] names = ["user_id", "token", "access_token", "limit", "cursor", "before", "after", "format", "query", "session_id", "username", Escape(mutator.Text())];
            target.Append('?').AppendJoin('&', Enumerable.Range(0, mutator.Random.Next(1, 4)).Select(_ =>
                $"{mutator.Pick(names)}={(mutator.Chance(0.4) ? "fuzz" : Escape(mutator.Text()))}"));
        }

        var head = new StringBuilder($"{method} {target} HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: close\r\n");
        for (var i = mutator.Random.Next(4); i > 0; i--)
        {
            head.Append(mutator.Chance(0.8) ? mutator.Pick(Headers) : $"X-{mutator.Random.Next(9)}: {Shorten(mutator.Text())}").Append("\r\n");
        }

        byte[] body = [];
        if (method is "POST" or "PUT" or "PATCH" || mutator.Chance(0.05))
        {
            body = mutator.Frame("""{"user_id":"fuzz","roles":["user"],"expires_in":60,"token":"x","message":"x","message_type":"notification","room_id":"lobby","content":"x","title":"x","context":{"city":"Paris"},"when_busy":"reject"}""");
            head.Append(CultureInfo.InvariantCulture, $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n");
        }

        byte[] request = [.. Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()), .. body];
        return mutator.Chance(0.05) ? (mutator.Raw(request), false) : (request, true);
    }

    private static string Escape(string text) => Uri.EscapeDataString(Shorten(text));

    private static string Shorten(string text) => (text.Length > 300 ? text[..300] : text).Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
}
