using System.Text.Json.Serialization;

namespace StreamChat.Gateway.Http;

/// <summary>The body of a refused request.</summary>
internal sealed record ErrorBody(string Detail);

/// <summary><c>GET /</c> for programs.</summary>
internal sealed record ServiceInformation(string Service, string Version, string Status, string WebsocketEndpoint, int Connections);

/// <summary><c>GET /ws/statistics</c>.</summary>
internal sealed record ConnectionStatistics(int ActiveConnections, long TotalConnections, long TotalMessages, IReadOnlyList<ConnectionStatistic> Connections);

/// <summary>One connection of <see cref="ConnectionStatistics"/>; times in seconds.</summary>
internal sealed record ConnectionStatistic(string Id, double ConnectedAt, long MessageCount, double Uptime);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(ServiceInformation))]
[JsonSerializable(typeof(ConnectionStatistics))]
internal sealed partial class HttpJson : JsonSerializerContext;
