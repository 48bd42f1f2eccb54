using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway;

/// <summary>Who this process is on the bus, anew at each start: events for a gateway that is gone must not reach the next one.</summary>
internal sealed class GatewayIdentity(IIdGenerator ids)
{
    private long _connections;

    public string GatewayId { get; } = ids.NewInstanceId();

    public string Queue => BusNames.Instance(BusNames.Gateway, GatewayId);

    /// <summary>Where what all gateways are told arrives.</summary>
    public string ClusterQueue => $"{Queue}-cluster";

    /// <summary>The id of the next connection, <c>{gatewayId}.{n}</c>, so that the route of an event can be read off the key.</summary>
    public string NextConnectionId() => $"{GatewayId}.{Interlocked.Increment(ref _connections)}";
}
