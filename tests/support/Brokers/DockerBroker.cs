using StreamChat.TestSupport.Processes;

namespace StreamChat.TestSupport.Brokers;

/// <summary>A broker in a container.</summary>
internal sealed class DockerBroker : IBroker
{
    private const string Image = "rabbitmq:3.13";

    private readonly int _port = FreePorts.Next();
    private readonly string _name;
    private IDisposable? _reaping;

    public DockerBroker() => _name = $"streamchat-test-{Environment.ProcessId}-{_port}";

    public Uri Uri => new($"amqp://guest:guest@127.0.0.1:{_port}");

    public bool IsOurs => true;

    public string Output => "";

    public async Task StartAsync()
    {
        if (_reaping is not null)
        {
            await ChildProcess.RunAsync("docker", ["start", _name]);
            return;
        }

        _reaping = Reaper.Add($"docker rm --force --volumes {_name}");

        // a fixed host name: the node's data is kept under it
        await ChildProcess.RunAsync(
            "docker", ["run", "--detach", "--name", _name, "--hostname", "broker", "--publish", $"127.0.0.1:{_port}:5672", Image]);
    }

    public Task StopAsync() => ChildProcess.RunAsync("docker", ["stop", _name]);

    public Task KillAsync() => ChildProcess.RunAsync("docker", ["kill", _name]);

    public Task<string> ControlAsync(params IReadOnlyList<string> arguments) =>
        ChildProcess.RunAsync("docker", ["exec", _name, "rabbitmqctl", .. arguments]);

    public async ValueTask DisposeAsync()
    {
        if (_reaping is not null)
        {
            await ChildProcess.RunAsync("docker", ["rm", "--force", "--volumes", _name]);
            _reaping.Dispose();
        }
    }
}
