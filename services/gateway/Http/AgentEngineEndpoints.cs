using StreamChat.Gateway.Cluster;

namespace StreamChat.Gateway.Http;

/// <summary>What the agent engine's service tells over HTTP.</summary>
internal static class AgentEngineEndpoints
{
    public static void MapAgentEngine(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("").WithTags("Agent engine");
        group.MapGet("/ws/statistics", async (IClusterNumbers numbers, ClusterQuestions cluster, TimeProvider time, CancellationToken cancelled) =>
            {
                var now = time.GetUtcNow();
                var connections = (await cluster.ListConnectionsAsync(cancelled))
                    .Select(c => new ConnectionStatistic(c.ConnectionId, c.OpenedAt.ToUnixTimeMilliseconds() / 1000d, c.FramesSent, (now - c.OpenedAt).TotalSeconds))
                    .ToList();
                var all = numbers.OfAll();
                return HttpResults.Json(
                    new ConnectionStatistics(all.Connections, all.TotalConnections, all.TotalFramesSent, connections), HttpJson.Plain.ConnectionStatistics);
            })
            .RequireAdmin()
            .LimitRequests()
            .WithSummary("The connections of all protocols in the whole cluster, and how many frames were sent.")
            .Produces<ConnectionStatistics>();
        group.MapGet("/health", () => HttpResults.Json(new ServiceHealth("healthy", "agent-engine"), HttpJson.Plain.ServiceHealth))
            .WithSummary("Whether the service answers.")
            .Produces<ServiceHealth>();
    }
}
