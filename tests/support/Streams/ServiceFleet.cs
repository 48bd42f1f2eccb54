using System.Globalization;
using StreamChat.TestSupport.Processes;

namespace StreamChat.TestSupport.Streams;

/// <summary>Every service as processes, two of each that a deployment has two of, each of which can be restarted where it was.</summary>
public sealed class ServiceFleet : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Member> _members = [];

    private ServiceFleet()
    {
    }

    /// <summary>Where clients connect.</summary>
    public IReadOnlyList<Uri> Edges => [.. Of("edge").Select(m => m.Process.BaseAddress)];

    /// <summary>The processes, in an order in which they can be restarted.</summary>
    public IReadOnlyList<Member> Members => _members;

    /// <summary>Starts two edges, two gateways, two agent-workers and a tool-worker, and waits until all are ready.</summary>
    /// <param name="broker">The settings that name the broker.</param>
    /// <param name="more">Further settings, for all of them.</param>
    public static async Task<ServiceFleet> StartAsync(
        IEnumerable<KeyValuePair<string, string?>> broker, IEnumerable<KeyValuePair<string, string?>>? more = null)
    {
        var fleet = new ServiceFleet();
        Dictionary<string, string?> settings = new(broker)
        {
            ["Store__ConnectionString"] = $"Data Source={fleet._folder.File("streamchat.db")}",
        };
        foreach (var (key, value) in more ?? [])
        {
            settings[key] = value;
        }

        foreach (var service in (string[])["agent-worker", "agent-worker", "tool-worker", "gateway", "gateway"])
        {
            fleet._members.Add(new Member(service, settings));
        }

        var gateways = fleet.Of("gateway").ToList();
        Dictionary<string, string?> edge = new(settings);
        for (var i = 0; i < gateways.Count; i++)
        {
            edge[string.Create(CultureInfo.InvariantCulture, $"Edge__Gateways__{i}")] = gateways[i].Process.BaseAddress.ToString();
        }

        fleet._members.Add(new Member("edge", edge));
        fleet._members.Add(new Member("edge", edge));
        try
        {
            await Task.WhenAll(fleet._members.Select(m => m.Process.WaitUntilReadyAsync(TimeSpan.FromMinutes(2))));
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>The processes of a service.</summary>
    public IEnumerable<Member> Of(string service) => _members.Where(m => m.Service == service);

    /// <summary>What all of them wrote last, to go with a failure.</summary>
    public override string ToString() => string.Join("\n", _members);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_members.Select(m => m.Process.DisposeAsync().AsTask()));
        _folder.Dispose();
    }

    /// <summary>One of the processes: the same service at the same address, through restarts.</summary>
    public sealed class Member
    {
        private readonly Dictionary<string, string?> _settings;
        private string _before = "";

        internal Member(string service, Dictionary<string, string?> settings)
        {
            Service = service;
            _settings = settings;
            Process = ServiceProcess.Start(service, settings);
        }

        /// <summary>Folder of the service.</summary>
        public string Service { get; }

        /// <summary>What it and the process before it wrote last.</summary>
        public override string ToString() => $"{_before}\n{Process}";

        /// <summary>The process that it is now.</summary>
        public ServiceProcess Process { get; private set; }

        /// <summary>SIGTERM, and when it has ended the next one, ready.</summary>
        public async Task RestartAsync()
        {
            var port = Process.BaseAddress.Port;
            await Process.StopAsync(TimeSpan.FromSeconds(60));
            _before = Process.ToString();
            await Process.DisposeAsync();
            Process = ServiceProcess.Start(Service, _settings, port);
            await Process.WaitUntilReadyAsync();
        }
    }
}
