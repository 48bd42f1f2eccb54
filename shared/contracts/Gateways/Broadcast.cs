using System.Text.Json;

namespace StreamChat.Contracts.Gateways;

/// <summary>Something to be said to connections on every gateway; each answers with <see cref="BroadcastDelivered"/>.</summary>
public sealed record Broadcast
{
    /// <summary>Id of the message, the same for all who get it. Ties the answers to the question.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>The gateway to answer to.</summary>
    public required string GatewayId { get; init; }

    /// <summary>What kind of message, in the words of the dialects that have broadcasts.</summary>
    public required string Type { get; init; }

    /// <summary>What it says.</summary>
    public required JsonElement Content { get; init; }

    /// <summary>Only those in this room; null for no such limit. Goes before <see cref="UserId"/>.</summary>
    public string? RoomId { get; init; }

    /// <summary>Only this user's connections; null for everybody.</summary>
    public string? UserId { get; init; }

    /// <summary>Not this connection; null for no exception.</summary>
    public string? ExceptConnectionId { get; init; }
}

/// <summary>One gateway's answer to <see cref="Broadcast"/>.</summary>
public sealed record BroadcastDelivered
{
    /// <summary>The message.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>Who answers.</summary>
    public required string GatewayId { get; init; }

    /// <summary>To how many connections it went.</summary>
    public required int Connections { get; init; }
}
