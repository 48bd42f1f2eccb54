using StreamChat.Gateway.Connections.Handshakes;

namespace StreamChat.Gateway.Connections;

/// <summary>Where sockets begin, live and end.</summary>
internal static class SocketRegistration
{
    public static IServiceCollection AddSockets(this IServiceCollection services)
    {
        services.AddSingleton<ConnectionRegistry>();
        services.AddSingleton<WebSocketEndpoint>();
        services.AddSingleton<HandshakeChecks>();
        foreach (var check in HandshakeChecks.Order)
        {
            services.AddSingleton(check);
        }

        services.AddHostedService<ConnectionSweeper>();
        services.AddSingleton<CallerWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<CallerWatch>());
        return services;
    }
}
