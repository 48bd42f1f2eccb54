namespace StreamChat.Contracts.Rooms;

/// <summary>
/// Somebody has come to rooms or gone from them. Told to every gateway, transient; those with members there ask by
/// <see cref="ReadRoomMembers"/> who is in them now, so that the order in which such words come does not matter.
/// </summary>
public sealed record RoomsChanged
{
    /// <summary>The most rooms that one message names.</summary>
    public const int Most = 256;

    /// <summary>The rooms; at most <see cref="Most"/>.</summary>
    public required IReadOnlyList<string> RoomIds { get; init; }
}

/// <summary>Asks who is in rooms now. Answered by <see cref="RoomMembersRead"/>.</summary>
public sealed record ReadRoomMembers
{
    /// <summary>The most rooms of one request.</summary>
    public const int MostRooms = 100;

    /// <summary>The rooms, which the gateway found its connections in; at most <see cref="MostRooms"/>.</summary>
    public required IReadOnlyList<string> RoomIds { get; init; }

    /// <summary>The most users to name of each room, up to 1000.</summary>
    public required int MostUsers { get; init; }
}

/// <summary>The answer to <see cref="ReadRoomMembers"/>.</summary>
public sealed record RoomMembersRead
{
    /// <summary>Whether it could be had.</summary>
    public required RoomStatus Status { get; init; }

    /// <summary>Each room that was asked for.</summary>
    public required IReadOnlyList<RoomMembers> Rooms { get; init; }
}

/// <summary>Who is in a room.</summary>
public sealed record RoomMembers
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>The users by id in order, as many as were asked for.</summary>
    public required IReadOnlyList<RoomUser> Users { get; init; }

    /// <summary>How many users there are, named or not.</summary>
    public required int Total { get; init; }
}

/// <summary>A user in a room.</summary>
public sealed record RoomUser
{
    /// <summary>Who.</summary>
    public required string UserId { get; init; }

    /// <summary>By how many connections, over all gateways.</summary>
    public required int Connections { get; init; }
}
