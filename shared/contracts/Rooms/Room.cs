namespace StreamChat.Contracts.Rooms;

/// <summary>A room that people made. The private rooms of users are not among them.</summary>
public sealed record Room
{
    /// <summary>Its id, chosen by its creator.</summary>
    public required string RoomId { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for; empty if nobody said.</summary>
    public required string Description { get; init; }

    /// <summary>The user who made it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How many connections may be in it at once.</summary>
    public required int MaxMembers { get; init; }

    /// <summary>Whether it takes only its creator and whom the creator invited.</summary>
    public required bool IsPrivate { get; init; }

    /// <summary>How many connections are in it now, over all gateways.</summary>
    public required int Members { get; init; }

    /// <summary>Who may ask for runs in it.</summary>
    public RoomSpeakers Speak { get; init; }

    /// <summary>Who but the asker may stop its runs.</summary>
    public RoomCancellers Cancel { get; init; }
}

/// <summary>A connection that is, or wants to be, in a room.</summary>
public sealed record RoomMember
{
    /// <summary>The connection, <c>{gatewayId}.{n}</c>.</summary>
    public required string ConnectionId { get; init; }

    /// <summary>Whose it is.</summary>
    public required string UserId { get; init; }
}

/// <summary>The answer to every request about one room.</summary>
public sealed record RoomAnswer
{
    /// <summary>What became of it.</summary>
    public required RoomStatus Status { get; init; }

    /// <summary>The room as it is now; null unless it was made or joined.</summary>
    public Room? Room { get; init; }
}
