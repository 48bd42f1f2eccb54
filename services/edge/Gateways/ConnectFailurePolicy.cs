using System.Runtime.CompilerServices;
using StreamChat.Edge.Proxy;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace StreamChat.Edge.Gateways;

/// <summary>
/// A gateway that could not be reached, or did not answer, several times in a row is left alone for a while. What happens on an
/// open socket does not count, as it would in YARP's own transport failure rate: gateways cut clients that are slow or send
/// rubbish, and whoever does so must not be able to take a gateway out of rotation.
/// </summary>
internal sealed class ConnectFailurePolicy(IDestinationHealthUpdater health) : IPassiveHealthCheckPolicy
{
    public const string PolicyName = "ConnectFailure";

    private const int Threshold = 3;

    private static readonly TimeSpan DefaultReactivation = TimeSpan.FromSeconds(5);

    private readonly ConditionalWeakTable<DestinationState, StrongBox<int>> _failures = [];

    public string Name => PolicyName;

    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        if (DrainingGateway.Refused(context))
        {
            // it says so itself: no need to find out by probes
            health.SetPassive(cluster, destination, DestinationHealth.Unhealthy, Reactivation(cluster));
            return;
        }

        var failures = _failures.GetOrCreateValue(destination);
        if (context.Features.Get<IForwarderErrorFeature>()?.Error is not (ForwarderError.Request or ForwarderError.RequestTimedOut))
        {
            Interlocked.Exchange(ref failures.Value, 0);
            return;
        }

        if (Interlocked.Increment(ref failures.Value) >= Threshold)
        {
            Interlocked.Exchange(ref failures.Value, 0);
            health.SetPassive(cluster, destination, DestinationHealth.Unhealthy, Reactivation(cluster));
        }
    }

    private static TimeSpan Reactivation(ClusterState cluster) => cluster.Model.Config.HealthCheck?.Passive?.ReactivationPeriod ?? DefaultReactivation;
}
