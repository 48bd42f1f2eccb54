namespace StreamChat.Gateway.Http;

/// <summary><c>GET /ws/statistics</c>.</summary>
internal sealed record ConnectionStatistics(int ActiveConnections, long TotalConnections, long TotalMessages, IReadOnlyList<ConnectionStatistic> Connections);

/// <summary>One connection of <see cref="ConnectionStatistics"/>; times in seconds.</summary>
internal sealed record ConnectionStatistic(string Id, double ConnectedAt, long MessageCount, double Uptime);

/// <summary><c>GET /health</c>.</summary>
internal sealed record ServiceHealth(string Status, string Service);
