using StreamChat.Gateway.Dialects;

namespace StreamChat.Gateway.Connections;

/// <summary>A path on which a dialect is spoken.</summary>
internal sealed record DialectRoute(string Path, IDialect Dialect);

/// <summary>Which dialect is spoken where: decided by the path alone.</summary>
internal static class DialectRoutes
{
    /// <summary>Adds a dialect: all there is to do beside writing it.</summary>
    /// <typeparam name="TDialect">The dialect.</typeparam>
    /// <param name="services">Where to register.</param>
    /// <param name="path">Its path, a route pattern; <c>{user_id}</c> in it is whose the connection is.</param>
    public static void AddDialect<TDialect>(this IServiceCollection services, string path)
        where TDialect : class, IDialect
    {
        services.AddSingleton<TDialect>();
        services.AddSingleton(provider => new DialectRoute(path, provider.GetRequiredService<TDialect>()));
    }

    /// <summary>Maps every dialect that was added and is not switched off.</summary>
    public static void MapDialects(this IEndpointRouteBuilder endpoints)
    {
        var switches = endpoints.ServiceProvider.GetRequiredService<DialectSwitches>();
        var routes = endpoints.ServiceProvider.GetServices<DialectRoute>()
            .Select(r => (r.Path, Dialect: switches.Of(r.Dialect)))
            .Where(r => r.Dialect is not null)
            .Select(r => new DialectRoute(r.Path, r.Dialect!))
            .ToList();
        foreach (var route in routes)
        {
            // routing takes /ws/chat/ for /ws/chat, but who asks for it has left out the id of /ws/chat/{user_id}
            var withoutId = routes.Find(r => r.Path == route.Path + "/{user_id}") ?? route;
            endpoints.Map(
                route.Path,
                (HttpContext context, WebSocketEndpoint endpoint) =>
                    endpoint.ServeAsync(context, (context.Request.Path.Value!.EndsWith('/') ? withoutId : route).Dialect));
        }
    }
}
