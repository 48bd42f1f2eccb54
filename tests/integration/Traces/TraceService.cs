using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;

namespace StreamChat.IntegrationTests.Traces;

/// <summary>The whole service, with the model of the trace that is replayed. Traces have users of their own, so that none sees another's.</summary>
public sealed class TraceService(RabbitMqServer broker) : IAsyncLifetime
{
    private WholeService? _service;

    internal TraceModel Model { get; set; } = new([]);

    public Uri Address => _service!.Address;

    public async ValueTask InitializeAsync() =>
        _service = await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), (messages, cancelled) => Model.AnswerAsync(messages, cancelled));

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
    }
}
