using Microsoft.Extensions.Options;
using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Cluster;
using StreamChat.Gateway.Connections;
using StreamChat.Gateway.Dialects.Native;
using StreamChat.Gateway.Http;
using StreamChat.Gateway.Limits;
using StreamChat.Gateway.Requests;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Health;
using StreamChat.Hosting.Http;

namespace StreamChat.Gateway;

/// <summary>The gateway as a module: its own process adds it, and so does the standalone server.</summary>
public static class GatewayModule
{
    /// <summary>Adds everything but the bus, which takes <see cref="GatewayBus"/>.</summary>
    /// <param name="services">Where to register.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddGateway(this IServiceCollection services)
    {
        services.AddAuth();
        services.AddLimits();
        services.AddSingleton<GatewayIdentity>();
        services.AddSingleton<GatewayTelemetry>();
        services.AddSingleton<RunRegistry>();
        services.AddSingleton<RunStarter>();
        services.AddSingleton<RunEventDispatcher>();
        services.AddRequests();
        services.AddDialect<NativeDialect>("/ws/v1");
        services.AddSockets();
        services.AddSingleton<ILocalConnections, LocalConnections>();
        services.AddCluster();
        services.AddApiDescription();
        services.AddSingleton<ConnectionDrain>();
        services.AddHostedService(provider => provider.GetRequiredService<ConnectionDrain>());
        services.AddHealthChecks().AddCheck<ConnectionDrain>("serving", tags: [HealthEndpoints.ReadyTag]);
        return services;
    }

    /// <summary>Maps the sockets, the pages and the information.</summary>
    /// <param name="app">The application.</param>
    public static void MapGateway(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseForwardedAddress([.. TrustedNetworks.Loopback, .. app.Services.GetRequiredService<IOptions<LimitsOptions>>().Value.TrustedProxies]);
        app.UseCallers();
        app.UseWebSockets();
        app.MapDialects();
        app.MapAuth();
        app.MapAssistant();
        app.MapAuraWell();
        app.MapAgentEngine();
        app.MapApiDescription();
        app.MapPages();
        app.MapStreamChatHealth();
    }
}
