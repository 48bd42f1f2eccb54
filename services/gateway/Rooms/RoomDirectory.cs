using StreamChat.Contracts.Rooms;
using StreamChat.Contracts.Runs;
using StreamChat.Gateway.Limits;
using StreamChat.Gateway.Runs;
using StreamChat.Gateway.Threads;

namespace StreamChat.Gateway.Rooms;

/// <summary>
/// The rooms, as the connections of this gateway make, join and leave them. Rooms that people make are kept by the agent-workers,
/// which decide who may be in them; a user's private room is known to exist and to be the user's alone.
/// </summary>
internal sealed partial class RoomDirectory(
    RoomClient client, ThreadViewers threads, RoomDepartures departures, LateJoins late, UnknownNames unknown, ILogger<RoomDirectory> logger) : IRooms
{
    private const int LargestRenewal = 1000;
    private const int SideBySide = 8;

    /// <summary>Makes a room, with the connection in it.</summary>
    public async Task<RoomAnswer> CreateAsync(IRunListener connection, NewRoom room, CancellationToken stopping)
    {
        var create = new CreateRoom
        {
            RoomId = room.RoomId,
            Name = room.Name,
            Description = room.Description,
            MaxMembers = room.MaxMembers,
            IsPrivate = room.IsPrivate,
            Speak = room.Speak,
            Cancel = room.Cancel,
            Member = Member(connection),
        };
        var answer = await EnterAsync(connection, room.RoomId, create, stopping);
        unknown.Forget(connection.UserId, UnknownName(room.RoomId));
        return answer;
    }

    /// <summary>Puts the connection into a room: from now on it sees the room's runs and may ask for some.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="roomId">The room; the user's private one has no <see cref="RoomAnswer.Room"/>.</param>
    /// <param name="createIfMissing">Whether to make it, public, when there is none.</param>
    /// <param name="stopping">Gives up.</param>
    public async Task<RoomAnswer> JoinAsync(IRunListener connection, string roomId, bool createIfMissing, CancellationToken stopping)
    {
        if (roomId == RoomNames.PrivateRoom(connection.UserId))
        {
            return new RoomAnswer { Status = threads.TryJoin(connection, Key(roomId), ThreadRights.Own) ? RoomStatus.Ok : RoomStatus.Limit };
        }

        var name = UnknownName(roomId);
        if (!createIfMissing && unknown.Has(connection.UserId, name))
        {
            return new RoomAnswer { Status = RoomStatus.NotFound };
        }

        var answer = await EnterAsync(
            connection, roomId, new JoinRoom { RoomId = roomId, CreateIfMissing = createIfMissing, Member = Member(connection) }, stopping);
        if (answer.Status == RoomStatus.NotFound)
        {
            unknown.Add(connection.UserId, name);
        }
        else if (createIfMissing)
        {
            unknown.Forget(connection.UserId, name);
        }

        return answer;
    }

    /// <summary>The runs that are under way in a room that the connection has joined.</summary>
    public Task<IReadOnlyList<RunAnnounced>> RunsAsync(IRunListener connection, string roomId, CancellationToken stopping) =>
        late.ListAsync(connection, Key(roomId), stopping);

    /// <summary>Shows them, when the client has been told that it joined.</summary>
    public void Show(IRunListener connection, IReadOnlyList<RunAnnounced> runs) => late.Show(connection, runs);

    /// <summary>Takes the connection out of a room; at once here, and soon everywhere also when nobody can be told now.</summary>
    public async Task LeaveAsync(IRunListener connection, string roomId, CancellationToken stopping)
    {
        await connection.Threads.Turn.WaitAsync(stopping);
        try
        {
            var wasIn = ThreadAccess.IsIn(connection, RoomNames.Thread(roomId));
            threads.Leave(connection, Key(roomId));
            if (wasIn && !RoomNames.IsPrivateRoom(roomId))
            {
                await client.AskAsync(new LeaveRoom { RoomId = roomId, ConnectionId = connection.Id }, stopping);
            }
        }
        finally
        {
            connection.Threads.Turn.Release();
        }
    }

    /// <summary>The connection is gone.</summary>
    public void Leave(IRunListener connection)
    {
        var wasIn = JoinedBy(connection).Any(roomId => !RoomNames.IsPrivateRoom(roomId));
        threads.Leave(connection);
        if (wasIn)
        {
            departures.Add(new LeaveRoom { ConnectionId = connection.Id });
        }
    }

    /// <summary>Lets a user into a private room that the connection's user has made.</summary>
    public async Task<RoomStatus> InviteAsync(IRunListener connection, string roomId, string userId, CancellationToken stopping) =>
        (await client.AskAsync(new InviteToRoom { RoomId = roomId, UserId = connection.UserId, InvitedUserId = userId }, stopping)).Status;

    /// <summary>One page of the rooms that people made, by id.</summary>
    /// <param name="userId">Whose rooms are wanted beside the public ones; null for every room there is.</param>
    /// <param name="after">The last room of the page before; null for the first page.</param>
    /// <param name="limit">The most rooms, up to 200.</param>
    /// <param name="stopping">Gives up.</param>
    public Task<RoomList> ListAsync(string? userId, string? after, int limit, CancellationToken stopping) =>
        client.ListAsync(new ListRooms { UserId = userId, After = after, Limit = limit }, stopping);

    /// <summary>The rooms that a connection has joined, the private one only if it has.</summary>
    public static IReadOnlyList<string> JoinedBy(IRunListener connection) =>
        [.. connection.Threads.All().Where(thread => thread.UserId is null).Select(thread => RoomNames.OfThread(thread.ThreadId)!)];

    /// <summary>The connections of this gateway that have joined a room.</summary>
    public IReadOnlyList<IRunListener> MembersHere(string roomId) => threads.Of(Key(roomId));

    /// <summary>
    /// Tells once that the connections here are still in their rooms. Where the store does not know that any more, or knows of a
    /// room that was left, the connection joins its rooms anew.
    /// </summary>
    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        foreach (var chunk in threads.InRooms().Select(Standing.Of).Where(s => s.Rooms > 0).Chunk(LargestRenewal))
        {
            var answer = await client.RenewAsync(new RenewRoomMembers { ConnectionIds = [.. chunk.Select(s => s.Connection.Id)] }, cancellationToken);
            if (answer.Status != RoomStatus.Ok)
            {
                return;
            }

            await Parallel.ForEachAsync(
                chunk.Where(s => answer.Rooms.GetValueOrDefault(s.Connection.Id) != s.Rooms),
                new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken },
                (standing, token) => RejoinAsync(standing, answer.Rooms.GetValueOrDefault(standing.Connection.Id), token));
        }
    }

    private static string UnknownName(string roomId) => $"room/{roomId}";

    private static ThreadKey Key(string roomId) => new(null, RoomNames.Thread(roomId));

    private static RoomMember Member(IRunListener connection) => new() { ConnectionId = connection.Id, UserId = connection.UserId };

    private async Task<RoomAnswer> EnterAsync<T>(IRunListener connection, string roomId, T request, CancellationToken stopping)
        where T : class
    {
        if (RoomNames.IsPrivateRoom(roomId))
        {
            return new RoomAnswer { Status = RoomStatus.Forbidden };
        }

        await connection.Threads.Turn.WaitAsync(stopping);
        try
        {
            var answer = await client.AskAsync(request, stopping);
            if (answer is not { Status: RoomStatus.Ok, Room: { } room } || threads.TryJoin(connection, Key(roomId), ThreadRights.In(room, connection.UserId)))
            {
                return answer;
            }

            departures.Add(new LeaveRoom { RoomId = roomId, ConnectionId = connection.Id });
            return new RoomAnswer { Status = RoomStatus.Limit };
        }
        finally
        {
            connection.Threads.Turn.Release();
        }
    }

    private async ValueTask RejoinAsync(Standing standing, int known, CancellationToken cancellationToken)
    {
        var connection = standing.Connection;
        if (!await connection.Threads.Turn.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            return;
        }

        try
        {
            if (connection.Threads.Version != standing.Version)
            {
                // it has joined or left since
                return;
            }

            LogRejoining(connection.Id);
            if (known > standing.Rooms)
            {
                await client.AskAsync(new LeaveRoom { ConnectionId = connection.Id }, cancellationToken);
            }

            foreach (var roomId in JoinedBy(connection).Where(roomId => !RoomNames.IsPrivateRoom(roomId)))
            {
                var answer = await client.AskAsync(new JoinRoom { RoomId = roomId, Member = Member(connection) }, cancellationToken);
                if (answer.Status is not (RoomStatus.Ok or RoomStatus.Unavailable))
                {
                    threads.Leave(connection, Key(roomId));
                    connection.OnPutOut(RoomNames.Thread(roomId));
                }
            }
        }
        finally
        {
            connection.Threads.Turn.Release();
        }
    }

    /// <summary>In how many rooms a connection is, and as of when.</summary>
    private sealed record Standing(IRunListener Connection, int Rooms, int Version)
    {
        public static Standing Of(IRunListener connection)
        {
            var version = connection.Threads.Version;
            return new Standing(connection, JoinedBy(connection).Count(roomId => !RoomNames.IsPrivateRoom(roomId)), version);
        }
    }

    [LoggerMessage(1611, LogLevel.Warning, "The rooms of connection {ConnectionId} were not as the store knows them; joining them anew.")]
    private partial void LogRejoining(string connectionId);
}
