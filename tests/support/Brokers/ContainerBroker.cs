using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Servers;
using Testcontainers.RabbitMq;

namespace StreamChat.TestSupport.Brokers;

/// <summary>A broker in a container. Its port is chosen beforehand, so that services can be pointed at it before it runs.</summary>
internal sealed class ContainerBroker : IBroker
{
    private const string Guest = "guest";

    private readonly int _port = FreePorts.Next();
    private readonly RabbitMqContainer _container;

    public ContainerBroker() => _container = new RabbitMqBuilder(ContainerImages.Of("rabbitmq"))
        .WithUsername(Guest)
        .WithPassword(Guest)
        .WithHostname("broker") // the node's data is kept under it
        .WithPortBinding(_port, RabbitMqBuilder.RabbitMqPort)
        .WithCreateParameterModifier(ContainerImages.PublishOnLoopback)
        .Build();

    public Uri Uri => new($"amqp://{Guest}:{Guest}@127.0.0.1:{_port}");

    public bool IsOurs => true;

    public string Output => "";

    public Task StartAsync() => _container.StartAsync();

    public Task StopAsync() => _container.StopAsync();

    public Task KillAsync() => ContainerImages.KillAsync(_container.Id);

    public async Task<string> ControlAsync(params IReadOnlyList<string> arguments)
    {
        var result = await _container.ExecAsync(["rabbitmqctl", .. arguments]);
        return result.ExitCode == 0
            ? result.Stdout
            : throw new InvalidOperationException($"rabbitmqctl {string.Join(' ', arguments)} ended with {result.ExitCode}:\n{result.Stderr}");
    }

    public ValueTask DisposeAsync() => _container.DisposeAsync();
}
