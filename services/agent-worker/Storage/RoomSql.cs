using StreamChat.Storage.Providers;

namespace StreamChat.AgentWorker.Storage;

/// <summary>The statements about rooms, in the SQL that SQLite and PostgreSQL share.</summary>
internal sealed class RoomSql(StoreDatabase database)
{
    private const string Columns =
        "r.room_id as RoomId, r.name as Name, r.description as Description, r.created_by as CreatedBy, r.created_at as CreatedAt, " +
        "r.max_members as MaxMembers, r.is_private as IsPrivate, r.speak as Speak, r.cancel as Cancel, " +
        "(select count(*) from room_members m where m.room_id = r.room_id and m.expires_at > @Now) as Members";

    private const string IsOpen =
        "not r.is_private or r.created_by = @UserId or exists (select 1 from room_invites i where i.room_id = r.room_id and i.user_id = @UserId)";

    /// <summary>Makes transactions on the room wait for each other until they end, also while there is none.</summary>
    public string LockRoom { get; } = database.LockRoom;

    /// <summary>The same for users who make rooms. To be taken after the room's.</summary>
    public string LockCreator { get; } = database.LockRoomCreator;

    /// <summary>A room as a connection finds it.</summary>
    public string Find { get; } = $"""
        select {Columns}, {IsOpen} as IsOpen,
            exists (select 1 from room_members m where m.room_id = r.room_id and m.connection_id = @ConnectionId and m.expires_at > @Now) as IsMember
        from rooms r where r.room_id = @RoomId
        """;

    public string CountByCreator { get; } = "select count(*) from rooms where created_by = @UserId";

    public string Insert { get; } = """
        insert into rooms (room_id, name, description, created_by, created_at, max_members, is_private, speak, cancel)
        values (@RoomId, @Name, @Description, @UserId, @Now, @MaxMembers, @IsPrivate, @Speak, @Cancel)
        """;

    public string PutMember { get; } = """
        insert into room_members (room_id, connection_id, user_id, expires_at)
        values (@RoomId, @ConnectionId, @UserId, @Expires)
        on conflict (room_id, connection_id) do update set expires_at = excluded.expires_at
        """;

    public string RemoveMember { get; } = "delete from room_members where connection_id = @ConnectionId and (@All or room_id = @RoomId) returning room_id";

    public string CountInvites { get; } = "select count(*) from room_invites where room_id = @RoomId";

    public string Invite { get; } = """
        insert into room_invites (room_id, user_id, created_at) values (@RoomId, @InvitedUserId, @Now)
        on conflict (room_id, user_id) do nothing
        """;

    /// <summary>Two results: how many there are; one page of them.</summary>
    public string List { get; } = $"""
        select count(*) from rooms r where @All or {IsOpen};

        select {Columns} from rooms r
        where (@All or {IsOpen}) and r.room_id > @After
        order by r.room_id
        limit @Limit;
        """;

    /// <summary>One row for each room that each connection is in.</summary>
    public string Renew { get; } = $"""
        update room_members set expires_at = @Expires
        where {database.IsAmong("connection_id", "@ConnectionIds")} and expires_at > @Now
        returning connection_id
        """;

    public string RemoveExpired { get; } = $"""
        delete from room_members where (room_id, connection_id) in (
            select room_id, connection_id from room_members where expires_at <= @Now order by expires_at limit 1000 {database.SkipLocked})
        returning room_id
        """;

    /// <summary>The users of each room by id in order, each with how many of them there are.</summary>
    public string ReadMembers { get; } = $"""
        select * from (
            select room_id as RoomId, user_id as UserId, count(*) as Connections, count(*) over (partition by room_id) as Total,
                row_number() over (partition by room_id order by user_id) as Place
            from room_members
            where {database.IsAmong("room_id", "@RoomIds")} and expires_at > @Now
            group by room_id, user_id) users
        where Place <= @MostUsers
        order by RoomId, Place
        """;
}
