using StreamChat.Contracts.Rooms;
using StreamChat.Contracts.Runs;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Rooms;

/// <summary>The rooms, as requests of connections use them.</summary>
internal interface IRooms
{
    /// <inheritdoc cref="RoomDirectory.CreateAsync"/>
    Task<RoomAnswer> CreateAsync(IRunListener connection, NewRoom room, CancellationToken stopping);

    /// <inheritdoc cref="RoomDirectory.JoinAsync"/>
    Task<RoomAnswer> JoinAsync(IRunListener connection, string roomId, bool createIfMissing, CancellationToken stopping);

    /// <inheritdoc cref="RoomDirectory.LeaveAsync"/>
    Task LeaveAsync(IRunListener connection, string roomId, CancellationToken stopping);

    /// <inheritdoc cref="RoomDirectory.InviteAsync"/>
    Task<RoomStatus> InviteAsync(IRunListener connection, string roomId, string userId, CancellationToken stopping);

    /// <inheritdoc cref="RoomDirectory.RunsAsync"/>
    Task<IReadOnlyList<RunAnnounced>> RunsAsync(IRunListener connection, string roomId, CancellationToken stopping);

    /// <inheritdoc cref="RoomDirectory.Show"/>
    void Show(IRunListener connection, IReadOnlyList<RunAnnounced> runs);

    /// <inheritdoc cref="RoomDirectory.ListAsync"/>
    Task<RoomList> ListAsync(string? userId, string? after, int limit, CancellationToken stopping);
}
