using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace StreamChat.Edge.Gateways;

/// <summary>
/// Gateways that answered a probe well; while there is none, those not judged yet. So a gateway that is only starting is not sent
/// users before it can serve them, and an edge that is only starting need not turn anybody away.
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
        return healthy.Count > 0 ? healthy : notFailing;
    }
}
