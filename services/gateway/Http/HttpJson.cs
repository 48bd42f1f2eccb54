using System.Text.Json.Serialization;
using StreamChat.Gateway.Dialects.YYChat;

namespace StreamChat.Gateway.Http;

/// <summary>The body of a refused request.</summary>
internal sealed record ErrorBody(string Detail);

/// <summary><c>GET /</c> for programs.</summary>
internal sealed record ServiceInformation(string Service, string Version, string Status, string WebsocketEndpoint, int Connections);

/// <summary><c>GET /ws/statistics</c>.</summary>
internal sealed record ConnectionStatistics(int ActiveConnections, long TotalConnections, long TotalMessages, IReadOnlyList<ConnectionStatistic> Connections);

/// <summary>One connection of <see cref="ConnectionStatistics"/>; times in seconds.</summary>
internal sealed record ConnectionStatistic(string Id, double ConnectedAt, long MessageCount, double Uptime);

/// <summary>What YYChat's addresses answer with.</summary>
internal sealed record YYChatReply<T>(string Status, T Data);

/// <summary><c>GET /ws/handlers</c>: what handles each type of message, and what every message passes before.</summary>
internal sealed record HandlerList(IReadOnlyDictionary<string, string> Handlers, IReadOnlyList<string> Middleware);

/// <summary><c>GET /api</c>.</summary>
internal sealed record ApiInformation(string Message, string Version, string Docs);

/// <summary>Wrong parameters, as FastAPI tells them.</summary>
internal sealed record ValidationErrors(IReadOnlyList<ValidationError> Detail);

/// <summary>One of <see cref="ValidationErrors"/>.</summary>
internal sealed record ValidationError(IReadOnlyList<string> Loc, string Msg, string Type);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(ServiceInformation))]
[JsonSerializable(typeof(ConnectionStatistics))]
[JsonSerializable(typeof(YYChatReply<YYChatStatus>))]
[JsonSerializable(typeof(YYChatReply<HandlerList>))]
[JsonSerializable(typeof(ApiInformation))]
[JsonSerializable(typeof(ValidationErrors))]
internal sealed partial class HttpJson : JsonSerializerContext;
