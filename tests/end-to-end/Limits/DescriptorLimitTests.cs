using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.EndToEndTests.Limits;

/// <summary>
/// Processes with few file descriptors, and more clients than they have. Without descriptors .NET cannot start a thread, and the process
/// ends: it has to stay below the limit.
/// </summary>
public sealed class DescriptorLimitTests : IAsyncLifetime
{
    private const int Held = 10;

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();
    private readonly List<IDisposable> _flood = [];

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync()
    {
        EndFlood();
        _folder.Dispose();
        return default;
    }

    [Theory]
    [InlineData(500)]
    [InlineData(1_000)]
    public async Task Standalone_refuses_and_lives(int descriptors)
    {
        await using var standalone = await StartStandaloneAsync(descriptors);
        await RefusesAndLivesAsync(standalone, ready: true);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(1_000)]
    public async Task An_edge_refuses_and_lives_and_its_gateway_stays_healthy(int descriptors)
    {
        await using var standalone = await StartStandaloneAsync(descriptors: null);
        await using var edge = await ServiceProcess.StartReadyAsync(
            "edge", new Dictionary<string, string?> { ["Edge__Gateways__0"] = standalone.BaseAddress.ToString(), ["Edge__HealthCheckInterval"] = "00:00:00.2" }, descriptors: descriptors);
        await RefusesAndLivesAsync(edge, ready: true);
    }

    [Fact]
    public async Task A_gateway_refuses_and_lives_also_without_its_broker()
    {
        await using var gateway = ServiceProcess.Start(
            "gateway", new Dictionary<string, string?> { ["Bus__Uri"] = $"amqp://guest:guest@127.0.0.1:{FreePorts.Next()}" }, descriptors: 1_000);
        await gateway.WaitUntilLiveAsync();
        await RefusesAndLivesAsync(gateway, ready: false);
    }

    [Fact]
    public async Task With_too_few_to_run_at_all_it_does_not_start_and_says_why()
    {
        await using var standalone = ServiceProcess.Start("standalone", Store(), descriptors: 300);
        await standalone.Process.WaitForExitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(78, standalone.Process.ExitCode);
        Assert.Contains("This process may open 300 file descriptors and needs at least 448. Raise the limit (ulimit -n", standalone.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_configured_connections_than_descriptors_are_a_warning_at_the_start()
    {
        await using var edge = ServiceProcess.Start(
            "edge", new Dictionary<string, string?> { ["Edge__Gateways__0"] = $"http://127.0.0.1:{FreePorts.Next()}", ["Edge__Connections"] = "50000" }, descriptors: 1_000);
        await edge.WaitUntilLiveAsync();
        await Eventually.TrueAsync(() => edge.Process.Output.Contains("Edge:Connections is 50000, but the limit of 1000 file descriptors (ulimit -n) allows ", StringComparison.Ordinal));
    }

    private async Task RefusesAndLivesAsync(ServiceProcess service, bool ready)
    {
        List<NativeClient> held = [];
        for (var i = 0; i < Held; i++)
        {
            held.Add(await NativeClient.ConnectAsync(service.BaseAddress, $"held-{i}"));
        }

        try
        {
            // connections that send nothing: more than there are descriptors
            for (var i = 0; i < 1_500; i++)
            {
                await AddBareAsync(service.BaseAddress);
            }

            Assert.False(service.Process.HasExited, service.ToString());
            await using (await NativeClient.ConnectAsync(service.BaseAddress, "late"))
            {
                // gets in all the same
            }

            // sockets until there is no capacity
            var (taken, refused) = (0, 0);
            for (var i = 0; i < 1_000 && refused < 20; i++)
            {
                if (await TryConnectAsync(service.BaseAddress, $"crowd-{i}"))
                {
                    taken++;
                }
                else
                {
                    refused++;
                }
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"{taken} sockets taken beside {Held} held ones");
            Assert.Equal(20, refused);
            Assert.True(taken > 10);
            for (var i = 0; i < 500; i++)
            {
                await AddBareAsync(service.BaseAddress);
            }

            // probes are answered, and those who are connected are served
            using var http = new HttpClient { BaseAddress = service.BaseAddress };
            Assert.Equal(HttpStatusCode.OK, await GetAsync(http, "/health/live"));
            using (var other = await http.GetAsync("/docs", Cancel))
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, other.StatusCode);
                Assert.Equal(TimeSpan.FromSeconds(5), other.Headers.RetryAfter!.Delta);
                Assert.True(other.Headers.ConnectionClose);
            }

            if (ready)
            {
                Assert.Equal(HttpStatusCode.OK, await GetAsync(http, "/health/ready"));
                foreach (var client in held)
                {
                    Assert.Equal("RUN_FINISHED", (await client.RunAsync("What is 2 + 2?")).End);
                }
            }

            // and when the crowd has gone, everybody is
            EndFlood();
            await Eventually.TrueAsync(async () => await GetAsync(http, "/docs") == HttpStatusCode.OK, TimeSpan.FromSeconds(60));
            await using var next = await NativeClient.ConnectAsync(service.BaseAddress, "next");
            Assert.False(service.Process.HasExited, service.ToString());
        }
        finally
        {
            foreach (var client in held)
            {
                await client.DisposeAsync();
            }
        }
    }

    private static async Task<HttpStatusCode> GetAsync(HttpClient http, string path)
    {
        using var response = await http.GetAsync(path, Cancel);
        return response.StatusCode;
    }

    private async Task AddBareAsync(Uri server)
    {
        var socket = new TcpClient();
        _flood.Add(socket);
        try
        {
            await socket.ConnectAsync(server.Host, server.Port, Cancel);
        }
        catch (SocketException)
        {
            // turned away
        }
    }

    private async Task<bool> TryConnectAsync(Uri server, string userId)
    {
        var socket = new ClientWebSocket();
        _flood.Add(socket);
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.AddSubProtocol("streamchat.v1");
        try
        {
            await socket.ConnectAsync(new UriBuilder(new Uri(server, $"/ws/v1?user_id={userId}")) { Scheme = "ws" }.Uri, Cancel);
            return true;
        }
        catch (WebSocketException)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, socket.HttpStatusCode);
            Assert.Contains("Retry-After", socket.HttpResponseHeaders!.Keys);
            return false;
        }
    }

    private void EndFlood()
    {
        _flood.ForEach(f => f.Dispose());
        _flood.Clear();
    }

    private Task<ServiceProcess> StartStandaloneAsync(int? descriptors) => ServiceProcess.StartReadyAsync("standalone", Store(), descriptors: descriptors);

    private Dictionary<string, string?> Store() => new() { ["Store__ConnectionString"] = $"Data Source={_folder.File("streamchat.db")}" };
}
