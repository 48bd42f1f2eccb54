using StreamChat.Gateway.Cluster;
using StreamChat.Gateway.Dialects;
using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Http;

/// <summary>What the health adviser's service tells over HTTP.</summary>
internal static class AuraWellEndpoints
{
    private const string Dialect = "aurawell";

    public static void MapAuraWell(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("").WithTags("AuraWell").LimitRequests();
        group.MapGet("/api/v1/health", (TimeProvider time, IIdGenerator ids) => HttpResults.Json(
                new ApiHealth(true, "success", "AuraWell API is healthy and running", null, IsoTime.Zulu(time.GetUtcNow()), ids.NewUuid().ToString()),
                HttpJson.Plain.ApiHealth))
            .WithSummary("Whether the service answers.")
            .Produces<ApiHealth>();
        group.MapGet("/ws/health", (IClusterNumbers cluster, TimeProvider time) => HttpResults.Json(
                new SocketHealth("healthy", "websocket", cluster.Of(Dialect).Connections, IsoTime.Zulu(time.GetUtcNow())), HttpJson.Plain.SocketHealth))
            .WithSummary("How many AuraWell connections there are, in the whole cluster.")
            .Produces<SocketHealth>();
        group.MapGet("/ws/stats", async (ClusterQuestions cluster, TimeProvider time, CancellationToken cancelled) =>
            {
                var connections = (await cluster.ListConnectionsAsync(cancelled)).Where(c => c.Dialect == Dialect).ToList();
                Dictionary<string, SessionStatistic> sessions = new(StringComparer.Ordinal);
                foreach (var c in connections)
                {
                    sessions[c.UserId] = new SessionStatistic(IsoTime.Zulu(c.OpenedAt), IsoTime.Zulu(c.LastActiveAt), c.MemberId ?? c.UserId);
                }

                return HttpResults.Json(
                    new SessionStatistics(connections.Count, [.. sessions.Keys], sessions, IsoTime.Zulu(time.GetUtcNow())), HttpJson.Plain.SessionStatistics);
            })
            .RequireAdmin()
            .WithSummary("Who has an AuraWell connection, in the whole cluster.")
            .Produces<SessionStatistics>();
    }
}
