using System.Globalization;
using StreamChat.TestSupport.Processes;

namespace StreamChat.TestSupport.Brokers;

/// <summary>
/// One node of the <c>rabbitmq-server</c> of this machine, apart from any that runs already: own ports, node name and data. Started
/// without Debian's wrapper, which insists on root or the user <c>rabbitmq</c>.
/// </summary>
internal sealed class InstalledNode : IAsyncDisposable
{
    private const string NoBusyWait = "+sbwt none +sbwtdcpu none +sbwtdio none";

    private static readonly string[] ScriptFolders = ["/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", "/usr/local/sbin"];

    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(60);

    private readonly string _scripts;
    private ChildProcess? _server;

    /// <summary>Prepares a node.</summary>
    /// <param name="scripts">Where the server's scripts are.</param>
    /// <param name="folder">What the nodes of a cluster share: their cookie, and in folders of their own their data.</param>
    /// <param name="registryPort">Where their port registry listens.</param>
    /// <param name="port">Where it listens; also part of its name.</param>
    /// <param name="peers">The ports of all nodes of its cluster; none when it is on its own.</param>
    public InstalledNode(string scripts, TemporaryFolder folder, string registryPort, int port, params IReadOnlyList<int> peers)
    {
        _scripts = scripts;
        Port = port;
        var own = Directory.CreateDirectory(folder.File(port.ToString(CultureInfo.InvariantCulture))).FullName;
        var configuration = Path.Combine(own, "rabbitmq.conf");
        File.WriteAllText(configuration, $"""
            listeners.tcp.1 = 127.0.0.1:{port}
            loopback_users.guest = true
            log.console = true
            log.console.level = warning
            log.file = false
            {string.Join('\n', peers.Select((peer, i) => $"cluster_formation.classic_config.nodes.{i + 1} = {NameOf(peer)}"))}

            """);
        Environment = new Dictionary<string, string?>
        {
            ["HOME"] = Directory.CreateDirectory(folder.File("home")).FullName,
            ["ERL_EPMD_PORT"] = registryPort,
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",

            // lets the script become the server instead of watching over it
            ["RUNNING_UNDER_SYSTEMD"] = "true",
            ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
            ["RABBITMQ_CONFIG_FILE"] = configuration,
            ["RABBITMQ_NODENAME"] = Name,
            ["RABBITMQ_NODE_PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_DIST_PORT"] = FreePorts.Next().ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(own, "data"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(own, "log"),
            ["RABBITMQ_LOGS"] = "-",
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(own, "enabled_plugins"),

            // several processes share two processors: none burns them while it waits
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = $"-kernel inet_dist_use_interface {{127,0,0,1}} {NoBusyWait}",
            ["RABBITMQ_CTL_ERL_ARGS"] = $"+S 1:1 {NoBusyWait}",
            ["NOTIFY_SOCKET"] = null,
        };
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Its name among its peers.</summary>
    public string Name => NameOf(Port);

    /// <summary>What its processes are started with, the port registry's too.</summary>
    public Dictionary<string, string?> Environment { get; }

    /// <summary>What it wrote last.</summary>
    public string Output => _server?.Output ?? "";

    /// <summary>Where the server's scripts are, or null when it is not installed.</summary>
    public static string? FindScripts() => ScriptFolders.FirstOrDefault(f => File.Exists(Path.Combine(f, "rabbitmq-server")));

    /// <summary>Starts it with the data of the last time, without waiting until it answers.</summary>
    public void Start() => _server = ChildProcess.Start(Path.Combine(_scripts, "rabbitmq-server"), [], Environment);

    /// <summary>Has it end in order, and keeps the data.</summary>
    public async Task StopAsync()
    {
        if (_server is not null)
        {
            await _server.StopAsync(StopDeadline);
            await KillAsync();
        }
    }

    /// <summary>Ends it at once, as a power cut does.</summary>
    public async Task KillAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            _server = null;
        }
    }

    /// <summary>Runs <c>rabbitmqctl</c> against it and returns what it wrote.</summary>
    public Task<string> ControlAsync(params IReadOnlyList<string> arguments) =>
        ChildProcess.RunAsync(Path.Combine(_scripts, "rabbitmqctl"), arguments, Environment);

    public async ValueTask DisposeAsync() => await KillAsync();

    private static string NameOf(int port) => $"streamchat-{port}@localhost";
}
