using StreamChat.Contracts.Rooms;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Rooms;

/// <summary>
/// The rooms that people made, as connections of this gateway use them. A connection's own private room is joined like any other,
/// and nobody else's can be.
/// </summary>
internal interface IRooms
{
    /// <summary>Makes a room; the connection is in it from then on.</summary>
    /// <param name="connection">Who asks.</param>
    /// <param name="room">What it is to be; the member in it is this connection.</param>
    /// <param name="cancellationToken">Fires when nobody waits for it any more.</param>
    Task<RoomAnswer> CreateAsync(IRunListener connection, CreateRoom room, CancellationToken cancellationToken);

    /// <summary>Puts the connection into a room, so that it sees all its runs.</summary>
    /// <param name="connection">Who asks.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="createIfMissing">Whether to make it, public, when there is none.</param>
    /// <param name="cancellationToken">Fires when nobody waits for it any more.</param>
    Task<RoomAnswer> JoinAsync(IRunListener connection, string roomId, bool createIfMissing, CancellationToken cancellationToken);

    /// <summary>Takes the connection out of a room; without effect when it is not in it.</summary>
    Task LeaveAsync(IRunListener connection, string roomId, CancellationToken cancellationToken);

    /// <summary>Lets a user join a private room that the connection's user made.</summary>
    Task<RoomStatus> InviteAsync(IRunListener connection, string roomId, string invitedUserId, CancellationToken cancellationToken);

    /// <summary>The public rooms and the connection's user's own, the first page of them.</summary>
    Task<RoomList> ListAsync(IRunListener connection, CancellationToken cancellationToken);

    /// <summary>The rooms that the connection has joined.</summary>
    IReadOnlyList<string> Joined(IRunListener connection);

    /// <summary>The other connections of this gateway in a room.</summary>
    IReadOnlyList<IRunListener> Others(IRunListener connection, string roomId);
}
