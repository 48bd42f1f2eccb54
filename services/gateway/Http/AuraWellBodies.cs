namespace StreamChat.Gateway.Http;

/// <summary><c>GET /api/v1/health</c>.</summary>
internal sealed record ApiHealth(bool Success, string Status, string Message, string? Data, string Timestamp, string RequestId);

/// <summary><c>GET /ws/health</c>.</summary>
internal sealed record SocketHealth(string Status, string Service, int ActiveConnections, string Timestamp);

/// <summary><c>GET /ws/stats</c>; sessions by user, the newest of each.</summary>
internal sealed record SessionStatistics(
    int ActiveConnections, IReadOnlyList<string> ConnectedUsers, IReadOnlyDictionary<string, SessionStatistic> Sessions, string Timestamp);

/// <summary>One session of <see cref="SessionStatistics"/>.</summary>
internal sealed record SessionStatistic(string ConnectedAt, string LastActivity, string ActiveMemberId);
