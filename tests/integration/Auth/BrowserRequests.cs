using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using StreamChat.Edge;
using StreamChat.Hosting.Health;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.IntegrationTests.Auth;

/// <summary>One endpoint of a gateway, with a method and an address that reach it.</summary>
public sealed record ReachableEndpoint(string Method, string Path, bool IsProbe)
{
    public bool TakesBody => Method is "POST" or "PUT" or "PATCH";
}

/// <summary>The endpoints of a gateway, found rather than listed, so that a new one is covered.</summary>
internal static class GatewayEndpoints
{
    public static IReadOnlyList<ReachableEndpoint> All(this GatewayHost gateway)
    {
        var all = gateway.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().SelectMany(endpoint =>
        {
            var path = "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(p => p is RoutePatternLiteralPart literal ? literal.Content : "x"))));
            var methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"];
            return methods.Select(method => new ReachableEndpoint(method, path, endpoint.Metadata.GetMetadata<HealthProbe>() is not null));
        }).Distinct().ToList();
        Assert.Contains(all, e => e.Path == "/ws/v1");
        Assert.Contains(all, e => e.Path == "/api/v1/threads/x/messages");
        Assert.Contains(all, e => e.TakesBody && e.Path == "/broadcast");
        Assert.True(all.Count > 80, $"{all.Count} endpoints");
        return all;
    }

    public static string WithQuery(this ReachableEndpoint endpoint) => endpoint.Path + "?user_id=ada&query=hi&message_type=notification&content=hi";
}

/// <summary>Requests as browsers send them, to a gateway or to an edge in front of it.</summary>
internal sealed class BrowserRequests : IAsyncDisposable
{
    private readonly WebApplication? _edge;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private BrowserRequests(Uri address, WebApplication? edge)
    {
        Address = address;
        _edge = edge;
    }

    public Uri Address { get; }

    public static BrowserRequests To(GatewayHost gateway) => new(gateway.Address, null);

    public static async Task<BrowserRequests> ThroughEdgeAsync(Uri gateway, string listener = "http://127.0.0.1:0", params string[] settings)
    {
        var edge = EdgeApp.Build(
        [
            $"--urls={listener}", $"--Edge:Gateways:0={gateway}", "--Edge:DrainTimeout=00:00:00",
            "--Logging:LogLevel:Default=None", "--Logging:LogLevel:Microsoft=None", "--Logging:LogLevel:Yarp=None", "--Logging:LogLevel:Microsoft.Hosting.Lifetime=None",
            .. settings,
        ]);
        await edge.StartAsync(TestContext.Current.CancellationToken);
        var requests = new BrowserRequests(new UriBuilder(edge.Urls.Single()) { Host = "127.0.0.1" }.Uri, edge);
        await Eventually.TrueAsync(async () => (await requests.SendAsync("GET", "/health/ready")).Status == HttpStatusCode.OK);
        return requests;
    }

    public async Task<Answer> SendAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Address, path));
        if (body is not null)
        {
            request.Content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        // a stream of events has no end that is worth waiting for
        var isStream = response.Content.Headers.ContentType?.MediaType == "text/event-stream";
        var text = isStream ? "" : await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var all = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer(response.StatusCode, all, text);
    }

    /// <summary>The status of a WebSocket handshake.</summary>
    public async Task<HttpStatusCode> ConnectAsync(string path, params (string Name, string Value)[] headers)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        foreach (var (name, value) in headers)
        {
            socket.Options.SetRequestHeader(name, value);
        }

        try
        {
            await socket.ConnectAsync(new UriBuilder(new Uri(Address, path)) { Scheme = "ws" }.Uri, TestContext.Current.CancellationToken);
        }
        catch (WebSocketException) when (socket.HttpStatusCode != 0)
        {
            // the status tells
        }

        return socket.HttpStatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_edge is not null)
        {
            await _edge.DisposeAsync();
        }
    }

    internal sealed record Answer(HttpStatusCode Status, IReadOnlyDictionary<string, string> Headers, string Text)
    {
        public string? this[string header] => Headers.GetValueOrDefault(header);
    }
}
