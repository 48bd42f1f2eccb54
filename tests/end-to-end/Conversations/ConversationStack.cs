using System.Globalization;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Databases;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Sockets;

namespace StreamChat.EndToEndTests.Conversations;

/// <summary>The whole thing as processes over one of the two databases, to be killed and started again as a whole.</summary>
public abstract class ConversationStack : IAsyncLifetime
{
    private readonly RabbitMqServer _broker = RabbitMqServer.OfOurOwn();
    private List<ServiceProcess> _processes = [];

    /// <summary>Where clients connect.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The database's configuration.</summary>
    protected abstract Task<(string Provider, string ConnectionString)> CreateStoreAsync();

    private (string Provider, string ConnectionString) Store { get; set; }

    public async ValueTask InitializeAsync()
    {
        await _broker.StartAsync();
        Store = await CreateStoreAsync();
        await StartAsync();
    }

    /// <summary>Kills every process of ours and starts as many anew; the broker and the database stay.</summary>
    public async Task ReplaceAllAsync()
    {
        await Task.WhenAll(_processes.Select(p => p.KillAsync()));
        await Task.WhenAll(_processes.Select(p => p.DisposeAsync().AsTask()));
        _processes = [];
        await StartAsync();
    }

    public Task<NativeClient> ConnectAsync(string userId) => NativeClient.ConnectAsync(Address, userId);

    /// <summary>What all processes wrote, to go with a failure.</summary>
    public override string ToString() => string.Join("\n", _processes);

    public virtual async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_processes.Select(p => p.DisposeAsync().AsTask()));
        await _broker.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private async Task StartAsync()
    {
        Dictionary<string, string?> settings = new()
        {
            ["Bus__Uri"] = _broker.Uri.ToString(),
            ["Store__Provider"] = Store.Provider,
            ["Store__ConnectionString"] = Store.ConnectionString,
            ["Model__Demo__TokensPerSecond"] = "200",
        };
        foreach (var service in (string[])["agent-worker", "agent-worker", "gateway", "gateway", "tool-worker"])
        {
            _processes.Add(ServiceProcess.Start(service, settings));
        }

        var gateways = _processes.Where(p => p.Service == "gateway").ToList();
        for (var i = 0; i < gateways.Count; i++)
        {
            settings[string.Create(CultureInfo.InvariantCulture, $"Edge__Gateways__{i}")] = gateways[i].BaseAddress.ToString();
        }

        var edge = ServiceProcess.Start("edge", settings);
        _processes.Add(edge);
        Address = edge.BaseAddress;
        await Task.WhenAll(_processes.Select(p => p.WaitUntilReadyAsync()));
    }
}

/// <inheritdoc/>
public sealed class SqliteConversationStack : ConversationStack
{
    private readonly TemporaryFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    protected override Task<(string Provider, string ConnectionString)> CreateStoreAsync() =>
        Task.FromResult(("Sqlite", $"Data Source={Path.Combine(_folder.Path, "streamchat.db")}"));
}

/// <inheritdoc/>
public sealed class PostgresConversationStack : ConversationStack
{
    private readonly PostgresServer _server = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _server.DisposeAsync();
    }

    protected override async Task<(string Provider, string ConnectionString)> CreateStoreAsync()
    {
        await _server.StartAsync();
        return ("Postgres", await _server.CreateDatabaseAsync());
    }
}
