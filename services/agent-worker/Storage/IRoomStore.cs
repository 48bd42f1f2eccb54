using StreamChat.Contracts.Rooms;

namespace StreamChat.AgentWorker.Storage;

/// <summary>
/// Where rooms, invitations and members are kept, in the database of the conversations. What is asked is checked before: every
/// value is one that a room can have.
/// </summary>
internal interface IRoomStore
{
    /// <summary>Makes a room, unless there is one, with its creator's connection as a member.</summary>
    Task<RoomAnswer> CreateAsync(CreateRoom request, CancellationToken cancellationToken);

    /// <summary>Adds a member; never more than the room takes, however many come at once.</summary>
    Task<RoomAnswer> JoinAsync(JoinRoom request, CancellationToken cancellationToken);

    /// <summary>Takes a member out.</summary>
    /// <returns>The rooms that it was in.</returns>
    Task<IReadOnlyList<string>> LeaveAsync(LeaveRoom request, CancellationToken cancellationToken);

    /// <summary>Lets a user in.</summary>
    Task<RoomStatus> InviteAsync(InviteToRoom request, CancellationToken cancellationToken);

    /// <summary>One page of rooms.</summary>
    Task<RoomList> ListAsync(ListRooms request, CancellationToken cancellationToken);

    /// <summary>Keeps members counting for another while, and removes some of those whose time is over.</summary>
    Task<RenewedMembers> RenewAsync(IReadOnlyList<string> connectionIds, CancellationToken cancellationToken);

    /// <summary>Who is in rooms now.</summary>
    Task<IReadOnlyList<RoomMembers>> ReadMembersAsync(ReadRoomMembers request, CancellationToken cancellationToken);
}

/// <summary>What a renewal found.</summary>
/// <param name="Rooms">In how many rooms each connection is.</param>
/// <param name="Left">The rooms that members whose time was over have been removed from.</param>
internal sealed record RenewedMembers(IReadOnlyDictionary<string, int> Rooms, IReadOnlyList<string> Left);
