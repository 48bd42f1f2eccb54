using System.Globalization;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Waiting;
using Xunit;

namespace StreamChat.TestSupport.Brokers;

/// <summary>Three nodes of RabbitMQ on loopback that are one broker, from the machine's <c>rabbitmq-server</c>. Any of them can be killed and come back.</summary>
public sealed class RabbitMqCluster : IAsyncLifetime
{
    private const int Size = 3;

    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(120);

    private readonly TemporaryFolder _folder = new();
    private readonly string _registryPort = FreePorts.Next().ToString(CultureInfo.InvariantCulture);
    private readonly InstalledNode[] _nodes;
    private readonly HashSet<InstalledNode> _alive = [];
    private ChildProcess? _registry;

    /// <summary>Prepares the nodes.</summary>
    /// <exception cref="InvalidOperationException">There is no <c>rabbitmq-server</c> on this machine.</exception>
    public RabbitMqCluster()
    {
        var scripts = InstalledNode.FindScripts() ?? throw new InvalidOperationException("A cluster needs a rabbitmq-server on this machine.");
        int[] ports = [.. Enumerable.Range(0, Size).Select(_ => FreePorts.Next())];
        _nodes = [.. ports.Select(port => new InstalledNode(scripts, _folder, _registryPort, port, ports))];
    }

    /// <summary>What a service needs to use it, all nodes named and every queue kept on all of them.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Settings =>
    [
        new("Bus__Uri", $"amqp://guest:guest@127.0.0.1:{_nodes[0].Port}"),
        .. _nodes.Skip(1).Select((node, i) => new KeyValuePair<string, string?>(
            string.Create(CultureInfo.InvariantCulture, $"Bus__Nodes__{i}"), string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{node.Port}"))),
        new("Bus__Replicas", Size.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>The nodes' names.</summary>
    public IReadOnlyList<string> Nodes => [.. _nodes.Select(n => n.Name)];

    /// <summary>What the nodes wrote last, to go with a failure.</summary>
    public override string ToString() => string.Join("\n", _nodes.Select(n => $"--- {n.Name}\n{n.Output}"));

    /// <summary>Starts all nodes and waits until they are one cluster.</summary>
    public async Task StartAsync()
    {
        // nodes of a cluster must know the same secret before the first of them starts
        var cookie = Path.Combine(_nodes[0].Environment["HOME"]!, ".erlang.cookie");
        await File.WriteAllTextAsync(cookie, Guid.NewGuid().ToString("N").ToUpperInvariant());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(cookie, UnixFileMode.UserRead);
        }

        _registry = ChildProcess.Start("epmd", ["-port", _registryPort, "-address", "127.0.0.1"], _nodes[0].Environment);
        foreach (var node in _nodes)
        {
            node.Start();
            _alive.Add(node);
        }

        await WaitAsync(_nodes);
        await Eventually.GetAsync(
            () => EvaluateAsync("io_lib:format(\"~b\", [length(rabbit_nodes:all_running())])."),
            running => running.Contains(Size.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal),
            StartDeadline);
    }

    /// <summary>The node that a queue, the first whose name begins so, is on; of a quorum queue its leader.</summary>
    public async Task<string> NodeOfAsync(string prefix)
    {
        var lines = await Any.ControlAsync("--silent", "list_queues", "name", "pid");
        var line = lines.Split('\n').Select(l => l.Split('\t')).First(l => l.Length == 2 && l[0].StartsWith(prefix, StringComparison.Ordinal));
        return Nodes.Single(node => line[1].Contains(node, StringComparison.Ordinal));
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync(string node)
    {
        var killed = Find(node);
        _alive.Remove(killed);
        await killed.KillAsync();
    }

    /// <summary>Starts a node that was killed and waits until it takes connections.</summary>
    public async Task RestartAsync(string node)
    {
        var back = Find(node);
        back.Start();
        await WaitAsync(back);
        _alive.Add(back);
    }

    async ValueTask IAsyncLifetime.InitializeAsync() => await StartAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(n => n.DisposeAsync().AsTask()));
        if (_registry is not null)
        {
            await _registry.DisposeAsync();
        }

        _folder.Dispose();
    }

    private InstalledNode Any => _nodes.First(_alive.Contains);

    private Task<string> EvaluateAsync(string expression) => Any.ControlAsync("eval", expression);

    private InstalledNode Find(string name) => _nodes.Single(n => n.Name == name);

    private async Task WaitAsync(params IEnumerable<InstalledNode> nodes)
    {
        try
        {
            await Task.WhenAll(nodes.Select(n => Eventually.TrueAsync(
                () => AmqpProbe.AnswersAsync("127.0.0.1", n.Port), StartDeadline, $"{n.Name} answers")));
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"{e.Message}\n{this}", e);
        }
    }
}
