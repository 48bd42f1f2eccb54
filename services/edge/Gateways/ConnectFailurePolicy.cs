using System.Runtime.CompilerServices;
using StreamChat.Edge.Proxy;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace StreamChat.Edge.Gateways;

/// <summary>
/// Takes a gateway out of rotation for a while when several connections to it failed in a row. Nothing else counts (<see cref="GatewayFaults"/>): no client
/// may be able to take a gateway out of rotation.
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
        if (GatewayFaults.Of(context) != Fault.Gateway)
        {
            // a request that failed otherwise shows nothing about whether the gateway can be connected to
            if (context.Features.Get<IForwarderErrorFeature>() is null)
            {
                Interlocked.Exchange(ref failures.Value, 0);
            }

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
