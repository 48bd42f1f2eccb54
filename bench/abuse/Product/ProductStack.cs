using System.Globalization;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Databases;
using StreamChat.TestSupport.Processes;

namespace StreamChat.Abuse.Product;

/// <summary>The product as processes: standalone, or an edge, two gateways, two agent-workers and a tool-worker with a broker of its own.</summary>
internal sealed class ProductStack : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<ProductProcess> _processes = [];
    private RabbitMqServer? _broker;
    private PostgresServer? _postgres;

    private ProductStack()
    {
    }

    /// <summary>All processes but the broker.</summary>
    public IReadOnlyList<ProductProcess> Processes => _processes;

    /// <summary>Where clients connect.</summary>
    public Uri Front => _processes[0].BaseAddress;

    /// <summary>The gateways behind the edge; none in standalone.</summary>
    public IReadOnlyList<ProductProcess> Gateways => _processes.FindAll(p => p.Name.StartsWith("gateway", StringComparison.Ordinal));

    /// <summary>The broker; null in standalone.</summary>
    public RabbitMqServer? Broker => _broker;

    /// <summary>Starts all of it and waits until it is ready.</summary>
    /// <param name="checkout">The checkout whose Release build is started.</param>
    /// <param name="distributed">Whether it is the distributed system.</param>
    /// <param name="postgres">Whether the store is PostgreSQL.</param>
    /// <param name="settings">Configuration for all processes.</param>
    /// <param name="logFolder">Where logs go.</param>
    /// <param name="descriptors">The limit of file descriptors of what clients connect to; 0 for that of this process.</param>
    public static async Task<ProductStack> StartAsync(
        string checkout, bool distributed, bool postgres, IReadOnlyDictionary<string, string?> settings, string logFolder, int descriptors)
    {
        Directory.CreateDirectory(logFolder);
        var stack = new ProductStack();
        try
        {
            var all = new Dictionary<string, string?>(settings);
            if (postgres)
            {
                stack._postgres = new PostgresServer();
                await stack._postgres.StartAsync();
                all["Store__Provider"] = "Postgres";
                all["Store__ConnectionString"] = await stack._postgres.CreateDatabaseAsync();
            }

            all.TryAdd("Store__ConnectionString", $"Data Source={stack._folder.File("streamchat.db")}");
            if (distributed)
            {
                await stack.StartDistributedAsync(checkout, all, logFolder, descriptors);
            }
            else
            {
                stack._processes.Add(new ProductProcess(checkout, "standalone", "standalone", all, logFolder, descriptors));
            }

            await Task.WhenAll(stack._processes.Select(p => p.WaitUntilReadyAsync()));
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_processes.Select(p => p.DisposeAsync().AsTask()));
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }

        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task StartDistributedAsync(string checkout, Dictionary<string, string?> settings, string logFolder, int descriptors)
    {
        _broker = RabbitMqServer.OfOurOwn();
        await _broker.StartAsync();
        settings["Bus__Uri"] = _broker.Uri.ToString();
        ProductProcess Start(string service, string name, int limit) => new(checkout, service, name, settings, logFolder, limit);
        ProductProcess[] behind =
        [
            Start("gateway", "gateway 1", descriptors),
            Start("gateway", "gateway 2", descriptors),
            Start("agent-worker", "agent-worker 1", 0),
            Start("agent-worker", "agent-worker 2", 0),
            Start("tool-worker", "tool-worker", 0),
        ];
        _processes.AddRange(behind);
        for (var i = 0; i < 2; i++)
        {
            settings[string.Create(CultureInfo.InvariantCulture, $"Edge__Gateways__{i}")] = behind[i].BaseAddress.ToString();
        }

        _processes.Insert(0, Start("edge", "edge", descriptors));
    }
}
