namespace StreamChat.Contracts.Rooms;

/// <summary>Makes a room, with the connection that asks as its first member. Answered by <see cref="RoomAnswer"/>.</summary>
public sealed record CreateRoom
{
    /// <summary>The id it is to have: 1 to 128 characters, none of them a control character, and no private room's.</summary>
    public required string RoomId { get; init; }

    /// <summary>Its name, up to 200 characters; null for its id.</summary>
    public string? Name { get; init; }

    /// <summary>What it is for, up to 2000 characters; null for nothing.</summary>
    public string? Description { get; init; }

    /// <summary>How many connections may be in it at once, 1 to 10000; null for the default of 100.</summary>
    public int? MaxMembers { get; init; }

    /// <summary>Whether it takes only its creator and whom the creator invites.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>Who may ask for runs in it.</summary>
    public RoomSpeakers Speak { get; init; }

    /// <summary>Who but the asker may stop its runs.</summary>
    public RoomCancellers Cancel { get; init; }

    /// <summary>The connection that asks; its user is the creator.</summary>
    public required RoomMember Member { get; init; }
}

/// <summary>
/// Puts a connection into a room. A connection that is in it already stays so. Answered by <see cref="RoomAnswer"/>.
/// </summary>
public sealed record JoinRoom
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>Whether to make the room, public and with every default, when there is none.</summary>
    public bool CreateIfMissing { get; init; }

    /// <summary>The connection.</summary>
    public required RoomMember Member { get; init; }
}

/// <summary>Takes a connection out of a room. Never fails but for the store. Answered by <see cref="RoomAnswer"/>.</summary>
public sealed record LeaveRoom
{
    /// <summary>The room; null for all that the connection is in.</summary>
    public string? RoomId { get; init; }

    /// <summary>The connection.</summary>
    public required string ConnectionId { get; init; }
}

/// <summary>Lets a user join a private room. Only its creator can. Answered by <see cref="RoomAnswer"/>.</summary>
public sealed record InviteToRoom
{
    /// <summary>The room.</summary>
    public required string RoomId { get; init; }

    /// <summary>Who asks.</summary>
    public required string UserId { get; init; }

    /// <summary>Who is to be let in.</summary>
    public required string InvitedUserId { get; init; }
}

/// <summary>Asks for rooms, by id in order, a page at a time. Answered by <see cref="RoomList"/>.</summary>
public sealed record ListRooms
{
    /// <summary>The user whose rooms are wanted beside the public ones: made by them or open to them. Null for every room there is.</summary>
    public string? UserId { get; init; }

    /// <summary>The last room of the page before; null for the first page.</summary>
    public string? After { get; init; }

    /// <summary>The most rooms to tell, up to 200.</summary>
    public int Limit { get; init; } = 200;
}

/// <summary>The answer to <see cref="ListRooms"/>.</summary>
public sealed record RoomList
{
    /// <summary>Whether it could be had.</summary>
    public required RoomStatus Status { get; init; }

    /// <summary>One page of rooms.</summary>
    public required IReadOnlyList<Room> Rooms { get; init; }

    /// <summary>How many there are on all pages.</summary>
    public required int Total { get; init; }
}

/// <summary>
/// Says that connections are still there, so that they go on counting as members. Told by each gateway for its own, every few
/// seconds; who is not named for <c>Limits:Rooms:MemberLease</c> is in no room any more. Answered by <see cref="RoomMembersRenewed"/>.
/// </summary>
public sealed record RenewRoomMembers
{
    /// <summary>The connections that are in rooms, up to 1000.</summary>
    public required IReadOnlyList<string> ConnectionIds { get; init; }
}

/// <summary>The answer to <see cref="RenewRoomMembers"/>.</summary>
public sealed record RoomMembersRenewed
{
    /// <summary>Whether it could be done.</summary>
    public required RoomStatus Status { get; init; }

    /// <summary>In how many rooms each connection is. One that is in none is not named.</summary>
    public required IReadOnlyDictionary<string, int> Rooms { get; init; }
}
