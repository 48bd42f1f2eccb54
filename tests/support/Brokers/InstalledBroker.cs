using System.Globalization;
using StreamChat.TestSupport.Processes;

namespace StreamChat.TestSupport.Brokers;

/// <summary>
/// The <c>rabbitmq-server</c> of this machine, apart from any that runs already: own ports, node name, cookie and data. Started
/// without Debian's wrapper, which insists on root or the user <c>rabbitmq</c>.
/// </summary>
internal sealed class InstalledBroker : IBroker
{
    private static readonly string[] ScriptFolders = ["/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", "/usr/local/sbin"];

    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(60);

    private readonly string _scripts;
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePorts.Next();
    private readonly string _registryPort = FreePorts.Next().ToString(CultureInfo.InvariantCulture);
    private readonly Dictionary<string, string?> _environment;
    private ChildProcess? _registry;
    private ChildProcess? _server;

    public InstalledBroker(string scripts)
    {
        _scripts = scripts;
        File.WriteAllText(_folder.File("rabbitmq.conf"), $"""
            listeners.tcp.1 = 127.0.0.1:{_port}
            loopback_users.guest = true
            log.console = true
            log.console.level = warning
            log.file = false

            """);
        _environment = new Dictionary<string, string?>
        {
            ["HOME"] = Directory.CreateDirectory(_folder.File("home")).FullName,
            ["ERL_EPMD_PORT"] = _registryPort,
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",

            // lets the script become the server instead of watching over it
            ["RUNNING_UNDER_SYSTEMD"] = "true",
            ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
            ["RABBITMQ_CONFIG_FILE"] = _folder.File("rabbitmq.conf"),
            ["RABBITMQ_NODENAME"] = $"streamchat-{_port}@localhost",
            ["RABBITMQ_NODE_PORT"] = _port.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_DIST_PORT"] = FreePorts.Next().ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_MNESIA_BASE"] = _folder.File("data"),
            ["RABBITMQ_LOG_BASE"] = _folder.File("log"),
            ["RABBITMQ_LOGS"] = "-",
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = _folder.File("enabled_plugins"),
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
            ["NOTIFY_SOCKET"] = null,
        };
    }

    public Uri Uri => new($"amqp://guest:guest@127.0.0.1:{_port}");

    public bool IsOurs => true;

    public string Output => _server?.Output ?? "";

    /// <summary>Where the server's scripts are, or null when it is not installed.</summary>
    public static string? FindScripts() => ScriptFolders.FirstOrDefault(f => File.Exists(Path.Combine(f, "rabbitmq-server")));

    public Task StartAsync()
    {
        // the port registry too is a child of ours: left to itself Erlang starts one that outlives it
        _registry ??= ChildProcess.Start("epmd", ["-port", _registryPort, "-address", "127.0.0.1"], _environment);
        _server = ChildProcess.Start(Path.Combine(_scripts, "rabbitmq-server"), [], _environment);
        return Task.CompletedTask;
    }

    public async Task StopAsync()
    {
        if (_server is not null)
        {
            await _server.StopAsync(StopDeadline);
            await KillAsync();
        }
    }

    public async Task KillAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            _server = null;
        }
    }

    public Task ControlAsync(params IReadOnlyList<string> arguments) =>
        ChildProcess.RunAsync(Path.Combine(_scripts, "rabbitmqctl"), arguments, _environment);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (_registry is not null)
        {
            await _registry.DisposeAsync();
        }

        _folder.Dispose();
    }
}
