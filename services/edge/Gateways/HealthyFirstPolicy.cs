using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace StreamChat.Edge.Gateways;

/// <summary>
/// Gateways that answered a probe well; while there is none, those not judged yet; while there is none of those either, all. So a gateway
/// that is only starting is not sent users before it can serve them, an edge that is only starting need not turn anybody away, and
/// one that sees every gateway fail asks them all the same: they may be back, the fault may be the edge's own, and a gateway that cannot
/// serve says so itself, in its client's protocol.
/// </summary>
internal sealed class HealthyFirstPolicy : IAvailableDestinationsPolicy
{
    public const string PolicyName = "HealthyFirst";

    public string Name => PolicyName;

    public IReadOnlyList<DestinationState> GetAvailalableDestinations(ClusterConfig config, IReadOnlyList<DestinationState> allDestinations)
    {
        List<DestinationState> notFailing = [.. allDestinations.Where(d =>
            d.Health.Active != DestinationHealth.Unhealthy && d.Health.Passive != DestinationHealth.Unhealthy)];
        List<DestinationState> healthy = [.. notFailing.Where(d => d.Health.Active == DestinationHealth.Healthy)];
        return (healthy, notFailing) switch
        {
            ({ Count: > 0 }, _) => healthy,
            (_, { Count: > 0 }) => notFailing,
            _ => allDestinations,
        };
    }
}
