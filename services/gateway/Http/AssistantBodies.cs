using System.Text.Json;

namespace StreamChat.Gateway.Http;

/// <summary><c>GET /</c> for programs.</summary>
internal sealed record ServiceInformation(string Service, string Version, string Status, string WebsocketEndpoint, int Connections, int Rooms);

/// <summary><c>GET /status</c>; intervals and uptime in seconds.</summary>
internal sealed record ServiceStatus(int ActiveConnections, int TotalRooms, double HeartbeatInterval, double ConnectionTimeout, double ServiceUptime);

/// <summary><c>GET /connections</c>.</summary>
internal sealed record ConnectionList(int Total, IReadOnlyList<ListedConnection> Connections);

/// <summary>One connection of <see cref="ConnectionList"/>.</summary>
internal sealed record ListedConnection(
    string ConnectionId, UserInformation UserInfo, string Status, string ConnectedAt, string? LastPing, string? IpAddress, string? UserAgent,
    IReadOnlyList<string> Rooms, ConnectionMetadata Metadata);

/// <summary>Whose a connection is.</summary>
internal sealed record UserInformation(
    string UserId, string Username, string? Email, string? Avatar, IReadOnlyList<string> Roles, IReadOnlyDictionary<string, string> Metadata);

/// <summary>What else is known of a connection.</summary>
internal sealed record ConnectionMetadata(string Dialect, long MessagesSent);

/// <summary><c>GET /rooms</c>.</summary>
internal sealed record ListedRooms(int Total, IReadOnlyList<ListedRoom> Rooms);

/// <summary>One room of <see cref="ListedRooms"/>.</summary>
internal sealed record ListedRoom(string RoomId, string Name, string Description, int MemberCount, string CreatedAt, bool IsPrivate);

/// <summary>Body of <c>POST /broadcast</c>, where the query does not say it.</summary>
internal sealed record BroadcastBody(string? MessageType, JsonElement? Content, string? RoomId, string? UserId);

/// <summary>Answer of <c>POST /broadcast</c>.</summary>
internal sealed record BroadcastResult(string Status, string Message, int SentCount, Guid MessageId);
