using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Rooms;
using StreamChat.Storage;
using StreamChat.TestSupport.Databases;
using StreamChat.TestSupport.Processes;

namespace StreamChat.IntegrationTests.Storage;

/// <summary>What the store of rooms promises, whatever the database.</summary>
public abstract class RoomStoreTests : IAsyncLifetime
{
    private readonly List<OpenStore> _open = [];
    private StoreOptions _options = null!;
    private SqlRoomStore _rooms = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _options = await CreateDatabaseAsync();
        _rooms = await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _open)
        {
            await store.DisposeAsync();
        }

        await DropDatabaseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_room_is_made_once_with_its_creator_in_it()
    {
        var create = new CreateRoom
        {
            RoomId = "大厅",
            Name = "The hall",
            Description = "nul \0 and 👋",
            MaxMembers = 7,
            IsPrivate = true,
            Member = Member("ada", 1),
        };
        var made = await _rooms.CreateAsync(create, Token);

        Assert.Equal(RoomStatus.Ok, made.Status);
        var room = made.Room!;
        Assert.Equal(
            ("大厅", "The hall", "nul \ufffd and 👋", "ada", 7, true, 1),
            (room.RoomId, room.Name, room.Description, room.CreatedBy, room.MaxMembers, room.IsPrivate, room.Members));
        Assert.Equal(RoomStatus.Exists, (await _rooms.CreateAsync(create with { Member = Member("bob", 2) }, Token)).Status);
        Assert.Equal(room, Assert.Single((await _rooms.ListAsync(new ListRooms(), Token)).Rooms));
    }

    [Fact]
    public async Task A_room_has_defaults()
    {
        var room = (await _rooms.CreateAsync(new CreateRoom { RoomId = "hall", Member = Member("ada", 1) }, Token)).Room!;
        Assert.Equal(("hall", "", 100, false), (room.Name, room.Description, room.MaxMembers, room.IsPrivate));
    }

    [Fact]
    public async Task A_room_that_is_missing_is_made_public_if_wanted()
    {
        Assert.Equal(RoomStatus.NotFound, (await JoinAsync("hall", Member("ada", 1))).Status);

        var made = await _rooms.JoinAsync(new JoinRoom { RoomId = "hall", CreateIfMissing = true, Member = Member("ada", 1) }, Token);
        Assert.Equal((RoomStatus.Ok, "ada", false, 1), (made.Status, made.Room!.CreatedBy, made.Room.IsPrivate, made.Room.Members));

        var joined = await _rooms.JoinAsync(new JoinRoom { RoomId = "hall", CreateIfMissing = true, Member = Member("bob", 2) }, Token);
        Assert.Equal((RoomStatus.Ok, "ada", 2), (joined.Status, joined.Room!.CreatedBy, joined.Room.Members));
    }

    [Fact]
    public async Task Of_connections_that_join_at_once_exactly_as_many_as_may_get_in()
    {
        var other = await OpenAsync();
        for (var round = 0; round < 10; round++)
        {
            var roomId = $"race-{round}";
            await CreateAsync(roomId, "ada", maxMembers: 5);
            var answers = await Task.WhenAll(Enumerable.Range(2, 12).Select(i => Task.Run(() =>
                (i % 2 == 0 ? _rooms : other).JoinAsync(new JoinRoom { RoomId = roomId, Member = Member($"user-{i}", i) }, Token))));

            Assert.Equal(4, answers.Count(a => a.Status == RoomStatus.Ok));
            Assert.Equal(8, answers.Count(a => a.Status == RoomStatus.Full));
            Assert.Equal(5, await MembersAsync(roomId));
        }
    }

    [Fact]
    public async Task Of_those_who_make_one_room_at_once_exactly_one_has_made_it()
    {
        var other = await OpenAsync();
        var answers = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => Task.Run(() =>
            (i % 2 == 0 ? _rooms : other).CreateAsync(new CreateRoom { RoomId = "hall", Member = Member($"user-{i}", i) }, Token))));
        Assert.Equal(7, answers.Count(a => a.Status == RoomStatus.Exists));
        Assert.Equal(RoomStatus.Ok, Assert.Single(answers, a => a.Room is not null).Status);
    }

    [Fact]
    public async Task A_connection_counts_once_and_others_of_its_user_count_too()
    {
        await CreateAsync("hall", "ada", maxMembers: 2);
        Assert.Equal(1, (await JoinAsync("hall", Member("ada", 1))).Room!.Members);
        Assert.Equal(2, (await JoinAsync("hall", Member("ada", 2))).Room!.Members);
        Assert.Equal(RoomStatus.Full, (await JoinAsync("hall", Member("ada", 3))).Status);

        // one that is in a full room already stays in it
        Assert.Equal(RoomStatus.Ok, (await JoinAsync("hall", Member("ada", 2))).Status);
    }

    [Fact]
    public async Task Who_leaves_makes_room()
    {
        await CreateAsync("hall", "ada", maxMembers: 1);
        await CreateAsync("den", "ada");
        Assert.Equal(["hall"], await _rooms.LeaveAsync(new LeaveRoom { RoomId = "hall", ConnectionId = Connection(1) }, Token));
        Assert.Equal(RoomStatus.Ok, (await JoinAsync("hall", Member("bob", 2))).Status);
        Assert.Equal(1, await MembersAsync("den"));

        Assert.Equal(["den"], await _rooms.LeaveAsync(new LeaveRoom { ConnectionId = Connection(1) }, Token));
        Assert.Equal(0, await MembersAsync("den"));

        // leaving what one is not in does nothing
        Assert.Empty(await _rooms.LeaveAsync(new LeaveRoom { RoomId = "nowhere", ConnectionId = Connection(1) }, Token));
    }

    [Fact]
    public async Task Who_is_not_renewed_counts_no_more()
    {
        await CreateAsync("hall", "ada", maxMembers: 2);
        await JoinAsync("hall", Member("bob", 2));
        var later = await OpenAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(1, Assert.Single((await later.RenewAsync([Connection(1)], Token)).Rooms).Value);

        var muchLater = await OpenAsync(TimeSpan.FromSeconds(45));
        Assert.Equal(2, (await muchLater.JoinAsync(new JoinRoom { RoomId = "hall", Member = Member("eve", 3) }, Token)).Room!.Members);

        // whose time is over is told so, not let in again by the back door
        var renewed = await muchLater.RenewAsync([Connection(1), Connection(2)], Token);
        Assert.Equal([Connection(1)], renewed.Rooms.Keys);
        Assert.Equal(["hall"], renewed.Left);
        Assert.Equal(RoomStatus.Full, (await muchLater.JoinAsync(new JoinRoom { RoomId = "hall", Member = Member("bob", 2) }, Token)).Status);
    }

    [Fact]
    public async Task A_renewal_tells_in_how_many_rooms_each_connection_is()
    {
        await CreateAsync("hall", "ada");
        await CreateAsync("den", "ada");
        await JoinAsync("hall", Member("bob", 2));
        var rooms = (await _rooms.RenewAsync([Connection(1), Connection(2), Connection(3)], Token)).Rooms;
        Assert.Equal([(Connection(1), 2), (Connection(2), 1)], rooms.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => (r.Key, r.Value)));
        Assert.Empty((await _rooms.RenewAsync([], Token)).Rooms);
    }

    [Fact]
    public async Task Who_is_in_a_room_is_told_by_user_and_who_has_gone_is_not_among_them()
    {
        await CreateAsync("hall", "ada");
        await CreateAsync("den", "ada");
        await JoinAsync("hall", Member("bob", 2));
        await JoinAsync("hall", Member("bob", 3));
        await JoinAsync("hall", Member("eve", 4));
        Assert.Equal(
            ["hall: ada 1, bob 2 of 3", "nowhere:  of 0", "den: ada 1 of 1"],
            await PresentAsync(_rooms, new ReadRoomMembers { RoomIds = ["hall", "nowhere", "den"], MostUsers = 2 }));

        var later = await OpenAsync(TimeSpan.FromSeconds(30));
        await later.RenewAsync([Connection(3)], Token);
        var muchLater = await OpenAsync(TimeSpan.FromSeconds(45));
        Assert.Equal(["hall: bob 1 of 1"], await PresentAsync(muchLater, new ReadRoomMembers { RoomIds = ["hall"], MostUsers = 2 }));
    }

    [Fact]
    public async Task A_room_keeps_its_rights()
    {
        var create = new CreateRoom { RoomId = "hall", Speak = RoomSpeakers.Creator, Cancel = RoomCancellers.Members, Member = Member("ada", 1) };
        await _rooms.CreateAsync(create, Token);
        var room = (await JoinAsync("hall", Member("bob", 2))).Room!;
        Assert.Equal((RoomSpeakers.Creator, RoomCancellers.Members), (room.Speak, room.Cancel));
        await CreateAsync("den", "ada");
        var other = (await JoinAsync("den", Member("bob", 2))).Room!;
        Assert.Equal((RoomSpeakers.Members, RoomCancellers.Asker), (other.Speak, other.Cancel));
    }

    [Fact]
    public async Task A_private_room_takes_its_creator_and_whom_the_creator_invited()
    {
        await CreateAsync("den", "ada", isPrivate: true);
        Assert.Equal(RoomStatus.Forbidden, (await JoinAsync("den", Member("bob", 2))).Status);
        Assert.Equal(RoomStatus.Forbidden, await InviteAsync("den", "bob", "bob"));
        Assert.Equal(RoomStatus.NotFound, await InviteAsync("nowhere", "ada", "bob"));

        Assert.Equal(RoomStatus.Ok, await InviteAsync("den", "ada", "bob"));
        Assert.Equal(RoomStatus.Ok, await InviteAsync("den", "ada", "bob"));
        Assert.Equal(RoomStatus.Ok, (await JoinAsync("den", Member("bob", 2))).Status);
        Assert.Equal(RoomStatus.Ok, (await JoinAsync("den", Member("ada", 3))).Status);
        Assert.Equal(RoomStatus.Forbidden, (await JoinAsync("den", Member("eve", 4))).Status);
    }

    [Fact]
    public async Task Lists_show_public_rooms_and_those_open_to_the_user_a_page_at_a_time()
    {
        await CreateAsync("a-public", "ada");
        await CreateAsync("b-private", "ada", isPrivate: true);
        await CreateAsync("c-public", "bob");
        await CreateAsync("d-private", "bob", isPrivate: true);
        await InviteAsync("b-private", "ada", "eve");

        await AssertListAsync(["a-public", "b-private", "c-public"], 3, "ada");
        await AssertListAsync(["a-public", "b-private", "c-public"], 3, "eve");
        await AssertListAsync(["a-public", "c-public"], 2, "nobody");
        await AssertListAsync(["a-public", "b-private", "c-public", "d-private"], 4, null);
        await AssertListAsync(["a-public", "b-private"], 4, null, limit: 2);
        await AssertListAsync(["c-public", "d-private"], 4, null, after: "b-private", limit: 2);
    }

    [Fact]
    public async Task A_user_makes_so_many_rooms_and_a_room_has_so_many_invitations()
    {
        _open[0].RoomLimits.PerUser = 3;
        _open[0].RoomLimits.Invitations = 1;
        var answers = await Task.WhenAll(Enumerable.Range(1, 6).Select(i => Task.Run(() =>
            _rooms.CreateAsync(new CreateRoom { RoomId = $"room-{i}", Member = Member("ada", 1) }, Token))));
        Assert.Equal(3, answers.Count(a => a.Status == RoomStatus.Ok));
        Assert.Equal(3, answers.Count(a => a.Status == RoomStatus.Limit));
        Assert.Equal(
            RoomStatus.Limit,
            (await _rooms.JoinAsync(new JoinRoom { RoomId = "one-more", CreateIfMissing = true, Member = Member("ada", 1) }, Token)).Status);

        await CreateAsync("den", "bob", isPrivate: true);
        Assert.Equal(RoomStatus.Ok, await InviteAsync("den", "bob", "eve"));
        Assert.Equal(RoomStatus.Limit, await InviteAsync("den", "bob", "joe"));
    }

    private protected abstract Task<StoreOptions> CreateDatabaseAsync();

    protected virtual Task DropDatabaseAsync() => Task.CompletedTask;

    private static string Connection(int n) => $"a1b2c3d4e5f6.{n}";

    private static RoomMember Member(string userId, int n) => new() { ConnectionId = Connection(n), UserId = userId };

    private async Task<SqlRoomStore> OpenAsync(TimeSpan shift = default)
    {
        var clock = new ShiftedClock();
        _open.Add(new OpenStore(_options, clock));
        await _open[^1].Transactions.InitializeAsync(Token);
        clock.Pass(shift);
        return _open[^1].Rooms;
    }

    private async Task CreateAsync(string roomId, string userId, int? maxMembers = null, bool isPrivate = false) => Assert.Equal(
        RoomStatus.Ok,
        (await _rooms.CreateAsync(
            new CreateRoom { RoomId = roomId, MaxMembers = maxMembers, IsPrivate = isPrivate, Member = Member(userId, 1) }, Token)).Status);

    private Task<RoomAnswer> JoinAsync(string roomId, RoomMember member) => _rooms.JoinAsync(new JoinRoom { RoomId = roomId, Member = member }, Token);

    private Task<RoomStatus> InviteAsync(string roomId, string userId, string invited) =>
        _rooms.InviteAsync(new InviteToRoom { RoomId = roomId, UserId = userId, InvitedUserId = invited }, Token);

    private static async Task<IEnumerable<string>> PresentAsync(SqlRoomStore rooms, ReadRoomMembers request) =>
        (await rooms.ReadMembersAsync(request, Token)).Select(
            room => $"{room.RoomId}: {string.Join(", ", room.Users.Select(user => $"{user.UserId} {user.Connections}"))} of {room.Total}");

    private async Task<int> MembersAsync(string roomId) => (await _rooms.ListAsync(new ListRooms(), Token)).Rooms.Single(r => r.RoomId == roomId).Members;

    private async Task AssertListAsync(string[] rooms, int total, string? userId, string? after = null, int limit = 200)
    {
        var list = await _rooms.ListAsync(new ListRooms { UserId = userId, After = after, Limit = limit }, Token);
        Assert.Equal(rooms, list.Rooms.Select(r => r.RoomId));
        Assert.Equal(total, list.Total);
    }
}

public sealed class SqliteRoomStoreTests : RoomStoreTests
{
    private readonly TemporaryFolder _folder = new();

    private protected override Task<StoreOptions> CreateDatabaseAsync() =>
        Task.FromResult(new StoreOptions { Provider = StoreProvider.Sqlite, ConnectionString = $"Data Source={_folder.File("store.db")}", Timeout = TimeSpan.FromSeconds(30) });

    protected override Task DropDatabaseAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }
}

public sealed class PostgresRoomStoreTests(PostgresServer server) : RoomStoreTests
{
    private protected override async Task<StoreOptions> CreateDatabaseAsync() =>
        new() { Provider = StoreProvider.Postgres, ConnectionString = await server.CreateDatabaseAsync(), Timeout = TimeSpan.FromSeconds(30) };
}
