using System.Globalization;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Sockets;

namespace StreamChat.EndToEndTests.Distributed;

/// <summary>The whole thing as processes: edge, two gateways, two agent-workers, a tool-worker, and a real broker.</summary>
public sealed class DistributedStack : IAsyncLifetime
{
    private readonly RabbitMqServer _broker = RabbitMqServer.OfOurOwn();
    private readonly TemporaryFolder _folder = new();
    private readonly List<ServiceProcess> _processes = [];

    public RabbitMqServer Broker => _broker;

    /// <summary>All that were started, those that have ended since included.</summary>
    public IReadOnlyList<ServiceProcess> Processes => _processes;

    public ServiceProcess Edge { get; private set; } = null!;

    public IReadOnlyList<ServiceProcess> Gateways { get; private set; } = [];

    public IReadOnlyList<ServiceProcess> AgentWorkers { get; private set; } = [];

    public ServiceProcess ToolWorker { get; private set; } = null!;

    /// <summary>Settings that every service of the stack gets; the same keys stand in docker-compose.yml.</summary>
    public Dictionary<string, string?> Settings { get; } = [];

    public async ValueTask InitializeAsync()
    {
        await _broker.StartAsync();
        Configure();
        AgentWorkers = [Start("agent-worker"), Start("agent-worker")];
        Gateways = [Start("gateway"), Start("gateway")];
        ToolWorker = Start("tool-worker");
        Edge = StartEdge(Gateways);
        await Task.WhenAll(_processes.Select(p => p.WaitUntilReadyAsync()));
    }

    public void Configure()
    {
        Settings["Bus__Uri"] = _broker.Uri.ToString();
        Settings["Store__Provider"] = "Sqlite";
        Settings["Store__ConnectionString"] = $"Data Source={Path.Combine(_folder.Path, "streamchat.db")}";
        Settings["Model__Demo__TokensPerSecond"] = "200";
    }

    /// <summary>Starts one more process; it ends with the stack.</summary>
    public ServiceProcess Start(string service)
    {
        var process = ServiceProcess.Start(service, Settings);
        _processes.Add(process);
        return process;
    }

    /// <summary>Starts a gateway in the place of one that was killed; the edge finds it by its address.</summary>
    public async Task ReplaceAsync(ServiceProcess killed)
    {
        var process = await ServiceProcess.StartReadyAsync("gateway", Settings, killed.BaseAddress.Port);
        _processes.Add(process);
        Gateways = [.. Gateways.Select(g => g == killed ? process : g)];
    }

    /// <summary>SIGKILL to a gateway that clients know by its id, and another one in its place, so that the next test finds all of them.</summary>
    public async Task KillGatewayAsync(string gatewayId)
    {
        foreach (var gateway in Gateways)
        {
            await using var socket = await NativeClient.ConnectAsync(gateway.BaseAddress, "finder");
            if (socket.Welcome.GetProperty("connectionId").GetString()!.StartsWith(gatewayId + ".", StringComparison.Ordinal))
            {
                await gateway.KillAsync();
                await ReplaceAsync(gateway);
                return;
            }
        }

        throw new InvalidOperationException($"No gateway is {gatewayId}.");
    }

    public ServiceProcess StartEdge(IReadOnlyList<ServiceProcess> gateways)
    {
        var settings = new Dictionary<string, string?>(Settings);
        for (var i = 0; i < gateways.Count; i++)
        {
            settings[string.Create(CultureInfo.InvariantCulture, $"Edge__Gateways__{i}")] = gateways[i].BaseAddress.ToString();
        }

        var edge = ServiceProcess.Start("edge", settings);
        _processes.Add(edge);
        return edge;
    }

    public Task<NativeClient> ConnectAsync(string userId) => NativeClient.ConnectAsync(Edge.BaseAddress, userId);

    /// <summary>What all processes wrote, to go with a failure.</summary>
    public override string ToString() => string.Join("\n", _processes);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_processes.Select(p => p.DisposeAsync().AsTask()));
        await _broker.DisposeAsync();
        _folder.Dispose();
    }
}
