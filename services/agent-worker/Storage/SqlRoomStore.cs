using Dapper;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Rooms;
using StreamChat.Storage;
using StreamChat.Storage.Providers;

namespace StreamChat.AgentWorker.Storage;

/// <summary>Rooms over SQL. Whoever changes who is in a room holds its lock, so that no room is ever fuller than it may be.</summary>
internal sealed class SqlRoomStore(StoreDatabase database, SqlTransactions transactions, IOptions<RoomOptions> options) : IRoomStore
{
    private const int DefaultMaxMembers = 100;

    private readonly RoomSql _sql = new(database);

    public Task<RoomAnswer> CreateAsync(CreateRoom request, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                await LockAsync(transaction, request.RoomId, token);
                return await FindAsync(transaction, request.RoomId, request.Member, token) is null
                    ? await InsertAsync(transaction, request, token)
                    : (new RoomAnswer { Status = RoomStatus.Exists }, false);
            },
            cancellationToken);

    public Task<RoomAnswer> JoinAsync(JoinRoom request, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                await LockAsync(transaction, request.RoomId, token);
                switch (await FindAsync(transaction, request.RoomId, request.Member, token))
                {
                    case null when request.CreateIfMissing:
                        return await InsertAsync(transaction, new CreateRoom { RoomId = request.RoomId, Member = request.Member }, token);
                    case null:
                        return (new RoomAnswer { Status = RoomStatus.NotFound }, false);
                    case { IsOpen: false }:
                        return (new RoomAnswer { Status = RoomStatus.Forbidden }, false);
                    case { IsMember: false } room when room.Members >= room.MaxMembers:
                        return (new RoomAnswer { Status = RoomStatus.Full }, false);
                    case { } room:
                        await PutMemberAsync(transaction, request.RoomId, request.Member, token);
                        var members = room.IsMember ? room.Members : room.Members + 1;
                        return (new RoomAnswer { Status = RoomStatus.Ok, Room = room.ToRoom() with { Members = members } }, true);
                }
            },
            cancellationToken);

    public Task<IReadOnlyList<string>> LeaveAsync(LeaveRoom request, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var left = await transaction.Connection.QueryAsync<string>(transaction.Command(
                    _sql.RemoveMember, new { request.ConnectionId, request.RoomId, All = request.RoomId is null }, token));
                return ((IReadOnlyList<string>)[.. left], true);
            },
            cancellationToken);

    public Task<RoomStatus> InviteAsync(InviteToRoom request, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                await LockAsync(transaction, request.RoomId, token);
                var asking = new RoomMember { ConnectionId = "", UserId = request.UserId };
                switch (await FindAsync(transaction, request.RoomId, asking, token))
                {
                    case null:
                        return (RoomStatus.NotFound, false);
                    case { } room when room.CreatedBy != request.UserId:
                        return (RoomStatus.Forbidden, false);
                }

                var invite = new { request.RoomId, request.InvitedUserId, transactions.Now };
                var invites = await transaction.Connection.ExecuteScalarAsync<int>(transaction.Command(_sql.CountInvites, invite, token));
                if (invites >= options.Value.Invitations)
                {
                    return (RoomStatus.Limit, false);
                }

                await transaction.Connection.ExecuteAsync(transaction.Command(_sql.Invite, invite, token));
                return (RoomStatus.Ok, true);
            },
            cancellationToken);

    public Task<RoomList> ListAsync(ListRooms request, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var parameters = new
                {
                    All = request.UserId is null,
                    UserId = request.UserId ?? "",
                    After = request.After ?? "",
                    request.Limit,
                    transactions.Now,
                };
                await using var results = await transaction.Connection.QueryMultipleAsync(transaction.Command(_sql.List, parameters, token));
                var total = await results.ReadSingleAsync<int>();
                var rows = await results.ReadAsync<RoomRow>();
                return (new RoomList { Status = RoomStatus.Ok, Rooms = [.. rows.Select(r => r.ToRoom())], Total = total }, false);
            },
            cancellationToken);

    public Task<RenewedMembers> RenewAsync(IReadOnlyList<string> connectionIds, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var now = transactions.Now;
                var left = await transaction.Connection.QueryAsync<string>(transaction.Command(_sql.RemoveExpired, new { Now = now }, token));
                var rows = await transaction.Connection.QueryAsync<string>(transaction.Command(
                    _sql.Renew, new { ConnectionIds = connectionIds.ToArray(), Now = now, Expires = now + Lease }, token));
                var rooms = rows.CountBy(id => id).ToDictionary(StringComparer.Ordinal);
                return (new RenewedMembers(rooms, [.. left.Distinct(StringComparer.Ordinal)]), true);
            },
            cancellationToken);

    public Task<IReadOnlyList<RoomMembers>> ReadMembersAsync(ReadRoomMembers request, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var parameters = new { RoomIds = request.RoomIds.ToArray(), request.MostUsers, transactions.Now };
                var rows = (await transaction.Connection.QueryAsync<RoomUserRow>(transaction.Command(_sql.ReadMembers, parameters, token)))
                    .ToLookup(row => row.RoomId, StringComparer.Ordinal);
                return ((IReadOnlyList<RoomMembers>)[.. request.RoomIds.Select(roomId => RoomUserRow.ToMembers(roomId, [.. rows[roomId]]))], false);
            },
            cancellationToken);

    private long Lease => (long)options.Value.MemberLease.TotalMilliseconds;

    private Task<int> LockAsync(StoreTransaction transaction, string roomId, CancellationToken token) =>
        transaction.Connection.ExecuteAsync(transaction.Command(_sql.LockRoom, new { RoomId = roomId }, token));

    private Task<RoomRow?> FindAsync(StoreTransaction transaction, string roomId, RoomMember member, CancellationToken token) =>
        transaction.Connection.QuerySingleOrDefaultAsync<RoomRow>(transaction.Command(
            _sql.Find, new { RoomId = roomId, member.UserId, member.ConnectionId, transactions.Now }, token));

    private async Task<(RoomAnswer Answer, bool Commit)> InsertAsync(StoreTransaction transaction, CreateRoom request, CancellationToken token)
    {
        var row = new
        {
            request.RoomId,
            Name = StorableText.Clean(request.Name ?? request.RoomId),
            Description = StorableText.Clean(request.Description ?? ""),
            request.Member.UserId,
            transactions.Now,
            MaxMembers = request.MaxMembers ?? DefaultMaxMembers,
            request.IsPrivate,
            Speak = request.Speak.ToString(),
            Cancel = request.Cancel.ToString(),
        };
        await transaction.Connection.ExecuteAsync(transaction.Command(_sql.LockCreator, new { request.Member.UserId }, token));
        var made = await transaction.Connection.ExecuteScalarAsync<int>(transaction.Command(_sql.CountByCreator, row, token));
        if (made >= options.Value.PerUser)
        {
            return (new RoomAnswer { Status = RoomStatus.Limit }, false);
        }

        await transaction.Connection.ExecuteAsync(transaction.Command(_sql.Insert, row, token));
        await PutMemberAsync(transaction, request.RoomId, request.Member, token);
        var room = await FindAsync(transaction, request.RoomId, request.Member, token);
        return (new RoomAnswer { Status = RoomStatus.Ok, Room = room!.ToRoom() }, true);
    }

    private Task<int> PutMemberAsync(StoreTransaction transaction, string roomId, RoomMember member, CancellationToken token) =>
        transaction.Connection.ExecuteAsync(transaction.Command(
            _sql.PutMember, new { RoomId = roomId, member.ConnectionId, member.UserId, Expires = transactions.Now + Lease }, token));
}
