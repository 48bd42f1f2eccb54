using Microsoft.Extensions.Options;
using StreamChat.Gateway.Agents;
using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Cluster;
using StreamChat.Gateway.Connections;
using StreamChat.Gateway.Connections.Sockets;
using StreamChat.Gateway.Dialects.AgentEngine;
using StreamChat.Gateway.Dialects.Assistant;
using StreamChat.Gateway.Dialects.AuraWell;
using StreamChat.Gateway.Dialects.Chat;
using StreamChat.Gateway.Dialects.Native;
using StreamChat.Gateway.Dialects.Session;
using StreamChat.Gateway.Dialects.YYChat;
using StreamChat.Gateway.Http;
using StreamChat.Gateway.Http.EventStreams;
using StreamChat.Gateway.Limits;
using StreamChat.Gateway.Requests;
using StreamChat.Gateway.Requests.Handlers.Assistant;
using StreamChat.Gateway.Rooms;
using StreamChat.Gateway.Runs;
using StreamChat.Gateway.Threads;
using StreamChat.Hosting.Health;
using StreamChat.Hosting.Http;
using StreamChat.Hosting.Options;

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
        services.AddHttp();
        services.AddLimits();
        services.AddConnectionLimits();
        services.AddSingleton<GatewayIdentity>();
        services.AddSingleton<GatewayTelemetry>();
        services.AddSingleton<RunRegistry>();
        services.AddSingleton<RunMessenger>();
        services.AddSingleton<RunFinder>();
        services.AddSingleton<RunStarter>();
        services.AddSingleton<RunRecovery>();
        services.AddHostedService(provider => provider.GetRequiredService<RunRecovery>());
        services.AddHostedService<RunWatch>();
        services.AddSingleton<RunEventDispatcher>();
        services.AddSingleton<SlowViewers>();
        services.AddHostedService<CatchUpLoop>();
        services.AddSingleton<RunAttacher>();
        services.AddSingleton<ThreadViewers>();
        services.AddRooms();
        services.AddSingleton<ThreadClient>();
        services.AddSingleton<LateJoins>();
        services.AddHostedService<MissedAnnouncements>();
        services.AddRequests();
        services.AddAssistantHandlers();
        services.AddAgentDirectory();
        services.AddDialect<NativeDialect>("/ws/v1");
        services.AddDialect<AssistantDialect>("/ws");
        services.AddDialect<AuraWellDialect>("/ws/chat/{user_id}");
        services.AddDialect<AgentEngineDialect>("/ws/agent");
        services.AddValidatedOptions<YYChatOptions>(YYChatOptions.Section);
        services.AddSingleton<YYChatDialect>();
        services.AddSingleton<SessionDialect>();
        services.AddDialect<ChatDialect>("/ws/chat");
        services.AddSingleton<DialectSwitches>();
        services.AddSingleton<EventStreamEndpoint>();
        services.AddSockets();
        services.AddSingleton<ILocalConnections, LocalConnections>();
        services.AddCluster();
        services.AddSingleton<AssistantRooms>();
        services.AddApiDescription();
        services.AddSingleton<BrokerStatus>();
        services.AddHostedService(provider => provider.GetRequiredService<BrokerStatus>());
        services.AddSingleton<ConnectionDrain>();
        services.AddOptions<HostOptions>().Configure<IOptions<LimitsOptions>>(
            (host, limits) => host.ShutdownTimeout += limits.Value.Drain.Spread + limits.Value.Close);
        services.AddHostedService(provider => provider.GetRequiredService<ConnectionDrain>());
        services.AddHealthChecks().AddCheck<ConnectionDrain>("serving", tags: [HealthEndpoints.ReadyTag]);
        return services;
    }

    /// <summary>Maps the sockets, the pages and the information.</summary>
    /// <param name="app">The application.</param>
    public static void MapGateway(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseSafeHeaders();
        app.UseForwardedAddress([.. TrustedNetworks.Loopback, .. app.Services.GetRequiredService<IOptions<LimitsOptions>>().Value.TrustedProxies]);
        HostGuard.Use(app);
        app.UseRequestFaults();
        CrossOrigin.Use(app);
        app.UseOriginGuard();
        app.UseCallers();
        GatheredUpgrade.Use(app);
        app.UseWebSockets();
        var dialects = app.Services.GetRequiredService<DialectSwitches>();
        app.MapDialects();
        app.MapDialectEndpoints(dialects);
        app.MapHome(dialects);
        app.MapPages(dialects);
        app.MapAuth();
        app.MapThreads();
        app.MapApiDescription();
        app.MapStreamChatHealth();
    }

    /// <summary>The HTTP endpoints that belong to one dialect each. Those of a dialect that is switched off do not exist.</summary>
    private static void MapDialectEndpoints(this WebApplication app, DialectSwitches dialects)
    {
        (string Dialect, Action<IEndpointRouteBuilder> Map)[] endpoints =
        [
            (NativeDialect.DialectName, CatalogEndpoints.MapCatalog),
            (AssistantDialect.DialectName, AssistantEndpoints.MapAssistant),
            (AuraWellDialect.DialectName, AuraWellEndpoints.MapAuraWell),
            (AgentEngineDialect.DialectName, AgentEngineEndpoints.MapAgentEngine),
            (YYChatDialect.DialectName, YYChatEndpoints.MapYYChat),
            (SessionDialect.DialectName, SessionEndpoints.MapSession),
        ];
        foreach (var (_, map) in endpoints.Where(e => dialects.IsEnabled(e.Dialect)))
        {
            map(app);
        }
    }
}
