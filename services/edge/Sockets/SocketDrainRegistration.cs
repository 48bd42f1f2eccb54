using StreamChat.Hosting.Health;

namespace StreamChat.Edge.Sockets;

/// <summary>Puts the drain of sockets into the edge.</summary>
internal static class SocketDrainRegistration
{
    public static void AddSocketDrain(this IServiceCollection services)
    {
        services.AddSingleton<SocketDrain>();
        services.AddHostedService(provider => provider.GetRequiredService<SocketDrain>());
        services.AddHealthChecks().AddCheck<SocketDrain>("serving", tags: [HealthEndpoints.ReadyTag]);
    }

    public static void UseSocketDrain(this WebApplication app)
    {
        var drain = app.Services.GetRequiredService<SocketDrain>();
        app.Use(next => context => drain.ServeAsync(context, next));
    }
}
