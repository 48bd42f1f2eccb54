using System.Globalization;
using StreamChat.TestSupport.Processes;

namespace StreamChat.TestSupport.Brokers;

/// <summary>The <c>rabbitmq-server</c> of this machine as a single node.</summary>
internal sealed class InstalledBroker : IBroker
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _registryPort = FreePorts.Next().ToString(CultureInfo.InvariantCulture);
    private readonly InstalledNode _node;
    private ChildProcess? _registry;

    public InstalledBroker(string scripts) => _node = new InstalledNode(scripts, _folder, _registryPort, FreePorts.Next());

    public Uri Uri => new($"amqp://guest:guest@127.0.0.1:{_node.Port}");

    public bool IsOurs => true;

    public string Output => _node.Output;

    public Task StartAsync()
    {
        // the port registry too is a child of ours: left to itself Erlang starts one that outlives it
        _registry ??= ChildProcess.Start("epmd", ["-port", _registryPort, "-address", "127.0.0.1"], _node.Environment);
        _node.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync() => _node.StopAsync();

    public Task KillAsync() => _node.KillAsync();

    public Task<string> ControlAsync(params IReadOnlyList<string> arguments) => _node.ControlAsync(arguments);

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        if (_registry is not null)
        {
            await _registry.DisposeAsync();
        }

        _folder.Dispose();
    }
}
