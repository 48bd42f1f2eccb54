using StreamChat.Hosting.Health;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace StreamChat.Edge.Gateways;

/// <summary>Which gateways there are, which of them are well, and which one a request goes to.</summary>
internal static class GatewayRegistration
{
    public static void AddGateways(this IServiceCollection services, EdgeOptions options)
    {
        services.AddSingleton(new InMemoryConfigProvider(GatewayCluster.Routes, GatewayCluster.Describe(options)));
        services.AddSingleton<IProxyConfigProvider>(provider => provider.GetRequiredService<InMemoryConfigProvider>());
        services.AddHostedService<GatewayListUpdater>();

        services.AddSingleton<IForwarderHttpClientFactory, GatewaySockets>();
        services.AddSingleton<ILoadBalancingPolicy, UserRendezvousPolicy>();
        services.AddSingleton<IAvailableDestinationsPolicy, HealthyFirstPolicy>();
        services.AddSingleton<IPassiveHealthCheckPolicy, ConnectFailurePolicy>();
        services.AddHealthChecks().AddCheck<GatewaysHealthCheck>("gateways", tags: [HealthEndpoints.ReadyTag]);
    }
}
