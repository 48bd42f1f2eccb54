using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using StreamChat.Edge;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.UnitTests.Edge;

/// <summary>The real edge on a free port, with probes quick enough for a test, and a client of it.</summary>
internal sealed class EdgeUnderTest : IAsyncDisposable
{
    /// <summary>Arguments that keep the log out of the test's output.</summary>
    public static readonly string[] Quiet =
    [
        "--Logging:LogLevel:Default=None", "--Logging:LogLevel:Microsoft=None", "--Logging:LogLevel:Microsoft.Hosting.Lifetime=None",
        "--Logging:LogLevel:Yarp=None",
    ];

    private readonly WebApplication _app;

    private EdgeUnderTest(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public static Task<EdgeUnderTest> StartAsync(params string[] gateways) => StartAsync([], gateways);

    /// <param name="settings">Further arguments.</param>
    /// <param name="gateways">URLs of the gateways.</param>
    public static async Task<EdgeUnderTest> StartAsync(string[] settings, params string[] gateways)
    {
        var app = EdgeApp.Build(
        [
            "--urls=http://127.0.0.1:0",
            "--Edge:HealthCheckInterval=00:00:00.1",
            "--Edge:DrainTimeout=00:00:00",
            .. Quiet,
            .. settings,
            .. gateways.Select((url, i) => $"--Edge:Gateways:{i}={url}"),
        ]);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new EdgeUnderTest(app);
    }

    /// <summary>Changes settings of the running edge.</summary>
    public void Configure(params (string Key, string? Value)[] settings)
    {
        foreach (var (key, value) in settings)
        {
            _app.Configuration[key] = value;
        }

        try
        {
            ((IConfigurationRoot)_app.Configuration).Reload();
        }
        catch (AggregateException)
        {
            // a file watcher, which reloads outside of tests, drops what subscribers throw at wrong values
        }
    }

    public async Task<Seen> GetAsync(string path) =>
        (await Client.GetFromJsonAsync<Seen>(path, TestContext.Current.CancellationToken))!;

    /// <summary>Opens a socket and returns it with the gateway that took it.</summary>
    public async Task<(ClientWebSocket Socket, string Gateway)> ConnectAsync(string path)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("streamchat.v1");
        await socket.ConnectAsync(new UriBuilder(new Uri(Client.BaseAddress!, path)) { Scheme = "ws" }.Uri, TestContext.Current.CancellationToken);
        return (socket, await ReceiveAsync(socket));
    }

    public static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        var got = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, got.Count);
    }

    /// <summary>Waits until the edge has probed so many gateways and found them well.</summary>
    public Task UntilHealthyAsync(int count) => Eventually.TrueAsync(async () =>
    {
        using var response = await Client.GetAsync("/health/ready");
        var body = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode == count > 0 && body.Contains($"\"{count} of ", StringComparison.Ordinal);
    });

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
