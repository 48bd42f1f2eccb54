using System.Globalization;
using StreamChat.FaultEngine.Network;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Databases;
using StreamChat.TestSupport.Processes;

namespace StreamChat.FaultEngine.Cluster;

/// <summary>
/// The whole thing as processes: an edge, two each of gateways, agent-workers and tool-workers, a real broker that each of them
/// reaches through a proxy of its own, and a real database. Schedules run on it one after the other.
/// </summary>
public sealed class FaultCluster : IAsyncDisposable
{
    private readonly RabbitMqServer _broker = RabbitMqServer.OfOurOwn();
    private readonly TemporaryFolder _folder = new();
    private readonly PostgresServer? _postgres;
    private readonly ClusterOptions _options;
    private readonly List<Member> _members = [];

    private FaultCluster(ClusterOptions options)
    {
        _options = options;
        _postgres = options.Postgres ? new PostgresServer() : null;
    }

    /// <summary>The broker.</summary>
    public RabbitMqServer Broker => _broker;

    /// <summary>Gateways, agent-workers and tool-workers, two each, and the edge.</summary>
    public IReadOnlyList<Member> Members => _members;

    /// <summary>The gateways.</summary>
    public IReadOnlyList<Member> Gateways => Of("gateway");

    /// <summary>The agent-workers.</summary>
    public IReadOnlyList<Member> AgentWorkers => Of("agent-worker");

    /// <summary>The tool-workers.</summary>
    public IReadOnlyList<Member> ToolWorkers => Of("tool-worker");

    /// <summary>The edge.</summary>
    public Member Edge => Of("edge")[0];

    /// <summary>Where the processes' logs go.</summary>
    public string? LogFolder => _options.LogFolder;

    /// <summary>Starts it, and waits until all of it is ready.</summary>
    public static async Task<FaultCluster> StartAsync(ClusterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var cluster = new FaultCluster(options);
        try
        {
            await cluster.StartAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Undoes whatever was done to it, and waits until all of it is ready.</summary>
    /// <exception cref="InvalidOperationException">Something does not come back; the message has its output.</exception>
    public async Task HealAsync()
    {
        foreach (var member in _members)
        {
            member.Broker?.Heal();
            member.Continue();
            await member.StartAgainAsync();
        }

        await WaitUntilReadyAsync();
    }

    /// <summary>Kills and starts all processes anew, when one of them does not come back by itself.</summary>
    public async Task ReplaceAsync()
    {
        await Task.WhenAll(_members.Select(m => m.KillAsync()));
        await HealAsync();
    }

    /// <summary>Writes down what all processes have said.</summary>
    public Task SaveLogsAsync() => Task.WhenAll(_members.Select(m => m.SaveLogAsync()));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_members.Select(m => m.DisposeAsync().AsTask()));
        await _broker.DisposeAsync();
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        _folder.Dispose();
    }

    private List<Member> Of(string service) => _members.FindAll(m => m.Service == service);

    private async Task StartAsync()
    {
        if (_options.LogFolder is { } logs)
        {
            Directory.CreateDirectory(logs);
        }

        await _broker.StartAsync();
        var store = $"Data Source={_folder.File("streamchat.db")}";
        if (_postgres is not null)
        {
            await _postgres.StartAsync();
            store = await _postgres.CreateDatabaseAsync();
        }

        var settings = new Dictionary<string, string?>(_options.Settings)
        {
            ["Store__Provider"] = _postgres is null ? "Sqlite" : "Postgres",
            ["Store__ConnectionString"] = store,
            ["Model__Demo__TokensPerSecond"] = "200",

            // a storm is as many requests as it is, and not what is looked at
            ["Limits__Requests"] = "0",
        };
        foreach (var service in (string[])["gateway", "agent-worker", "tool-worker"])
        {
            for (var number = 0; number < 2; number++)
            {
                Add(service, number, settings);
            }
        }

        for (var i = 0; i < Gateways.Count; i++)
        {
            settings[string.Create(CultureInfo.InvariantCulture, $"Edge__Gateways__{i}")] = Gateways[i].Address.ToString();
        }

        _members.Add(new Member("edge", 0, settings, broker: null, _options.LogFolder));
        await WaitUntilReadyAsync();
    }

    private void Add(string service, int number, Dictionary<string, string?> settings)
    {
        var proxy = new FaultProxy(_broker.Uri.Port, new DeliveryDisorder(new Random(_members.Count)));
        settings["Bus__Uri"] = new UriBuilder(_broker.Uri) { Host = "127.0.0.1", Port = proxy.Port }.Uri.ToString();
        _members.Add(new Member(service, number, settings, proxy, _options.LogFolder));
    }

    private Task WaitUntilReadyAsync() => Task.WhenAll(_members.Select(m => m.WaitUntilReadyAsync()));
}
