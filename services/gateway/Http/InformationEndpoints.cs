using System.Reflection;
using StreamChat.Gateway.Connections;

namespace StreamChat.Gateway.Http;

/// <summary>What the gateway tells over plain HTTP.</summary>
internal static class InformationEndpoints
{
    private static readonly string Version =
        typeof(InformationEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public static void MapInformation(this IEndpointRouteBuilder endpoints)
    {
        var page = Pages.Load("wwwroot/index.html");

        // one address for people and programs, told apart by what they accept
        endpoints.MapGet("/", (HttpContext context, ConnectionRegistry registry) =>
        {
            context.Response.Headers.Vary = "Accept";
            return context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
                ? Pages.Serve(context, page)
                : Results.Json(new ServiceInformation("StreamChat", Version, registry.Draining ? "stopping" : "running", "/ws/v1", registry.Count), HttpJson.Default.ServiceInformation);
        });
        endpoints.MapGet("/ws/statistics", (ConnectionRegistry registry, TimeProvider time) =>
            Results.Json(Statistics(registry, time.GetUtcNow()), HttpJson.Default.ConnectionStatistics));
    }

    private static ConnectionStatistics Statistics(ConnectionRegistry registry, DateTimeOffset now)
    {
        var connections = registry.All
            .Select(c => new ConnectionStatistic(c.Id, c.OpenedAt.ToUnixTimeMilliseconds() / 1000d, c.FramesSent, (now - c.OpenedAt).TotalSeconds))
            .ToList();
        return new ConnectionStatistics(connections.Count, registry.Total, registry.FramesSent, connections);
    }
}
