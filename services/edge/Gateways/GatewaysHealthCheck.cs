using Microsoft.Extensions.Diagnostics.HealthChecks;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace StreamChat.Edge.Gateways;

/// <summary>An edge is ready while at least one gateway is, as its probes and its traffic show.</summary>
internal sealed class GatewaysHealthCheck(IProxyStateLookup proxy) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var gateways = proxy.TryGetCluster(GatewayCluster.Id, out var cluster) ? cluster.DestinationsState.AllDestinations : [];
        var healthy = gateways.Count(g => g.Health is { Active: DestinationHealth.Healthy, Passive: not DestinationHealth.Unhealthy });
        var description = $"{healthy} of {gateways.Count} gateways are healthy";
        return Task.FromResult(healthy > 0 ? HealthCheckResult.Healthy(description) : HealthCheckResult.Unhealthy(description));
    }
}
