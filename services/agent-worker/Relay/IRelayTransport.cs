using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Bus.Batches;

namespace StreamChat.AgentWorker.Relay;

/// <summary>Carries a batch to a gateway. Apart from the lane so that a test can lose, repeat and delay.</summary>
internal interface IRelayTransport
{
    /// <summary>Publishes and waits for the broker's confirm.</summary>
    /// <exception cref="InstanceGoneException">The gateway is not there any more.</exception>
    /// <exception cref="TimeoutException">Not confirmed in time.</exception>
    Task PublishAsync(string gatewayId, PackedBatch batch, CancellationToken cancellationToken);
}

/// <summary>The bus as transport.</summary>
internal sealed class BusRelayTransport(InstanceSender sender) : IRelayTransport
{
    public Task PublishAsync(string gatewayId, PackedBatch batch, CancellationToken cancellationToken) =>
        sender.SendAsync(BusNames.Instance(BusNames.Gateway, gatewayId), batch, cancellationToken);
}
