using StreamChat.Contracts.Rooms;
using StreamChat.Contracts.Runs;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Assistant;
using StreamChat.Gateway.Requests;
using StreamChat.Gateway.Requests.Handlers.Assistant;
using StreamChat.Gateway.Rooms;
using StreamChat.Gateway.Runs;
using StreamChat.UnitTests.Gateway.Dialects.Assistant;

namespace StreamChat.UnitTests.Gateway.Requests;

/// <summary>What the commands of the assistant's protocol ask of the rooms, and how each is answered.</summary>
public sealed class AssistantHandlerTests
{
    private readonly FakeRooms _rooms = new();
    private readonly FakeConnection _connection = new(AssistantDialects.Create());

    [Theory]
    [InlineData(RoomStatus.Ok, true)]
    [InlineData(RoomStatus.NotFound, false)]
    [InlineData(RoomStatus.Full, false)]
    [InlineData(RoomStatus.Forbidden, false)]
    [InlineData(RoomStatus.Unavailable, false)]
    public async Task Joining_tells_whether_it_worked(RoomStatus status, bool success)
    {
        _rooms.Status = status;
        Assert.Equal(new RoomJoined("kitchen", success), await AnswerAsync(new JoinRoomCommand("kitchen")));
        Assert.Equal(success ? ["join kitchen", "runs of kitchen", "show 2"] : ["join kitchen"], _rooms.Asked);
    }

    [Fact]
    public async Task The_room_of_the_handshake_is_made_if_need_be_and_only_a_failure_is_told()
    {
        Assert.Null(await AnswerAsync(new EnterRoomCommand("kitchen")));
        _rooms.Status = RoomStatus.Full;
        Assert.Equal(new RoomNotEntered("kitchen"), await AnswerAsync(new EnterRoomCommand("kitchen")));
        Assert.Equal(["join or make kitchen", "runs of kitchen", "show 2", "join or make kitchen"], _rooms.Asked);
    }

    [Fact]
    public async Task Leaving_never_fails()
    {
        _rooms.Status = RoomStatus.NotFound;
        Assert.Equal(new RoomLeft("kitchen"), await AnswerAsync(new LeaveRoomCommand("kitchen")));
        Assert.Equal(["leave kitchen"], _rooms.Asked);
    }

    [Fact]
    public async Task A_room_is_made_as_described()
    {
        var created = Assert.IsType<RoomCreated>(await AnswerAsync(new CreateRoomCommand("kitchen", "K", "D", 3, true)));
        Assert.Equal(("kitchen", "K", "D", 3, true), (created.Room!.RoomId, created.Room.Name, created.Room.Description, created.Room.MaxMembers, created.Room.IsPrivate));
        _rooms.Status = RoomStatus.Exists;
        Assert.Equal(new RoomCreated("kitchen", null), await AnswerAsync(new CreateRoomCommand("kitchen", null, null, null, false)));
    }

    [Theory]
    [InlineData(RoomStatus.Ok, true)]
    [InlineData(RoomStatus.Forbidden, false)]
    public async Task Inviting_tells_whether_it_worked(RoomStatus status, bool success)
    {
        _rooms.Status = status;
        Assert.Equal(new UserInvited("kitchen", "bob", success), await AnswerAsync(new InviteCommand("kitchen", "bob")));
        Assert.Equal(["invite bob to kitchen"], _rooms.Asked);
    }

    [Fact]
    public async Task A_list_is_of_what_the_user_may_see()
    {
        var listed = Assert.IsType<RoomsListed>(await AnswerAsync(new ListRoomsCommand()));
        Assert.Equal(7, listed.Total);
        Assert.Equal(["list for ada, 200 at most"], _rooms.Asked);

        _rooms.Status = RoomStatus.Unavailable;
        Assert.Equal(FaultCodes.Unavailable, Assert.IsType<Fault>(await AnswerAsync(new ListRoomsCommand())).Code);
    }

    [Fact]
    public async Task A_connection_is_told_the_rooms_it_has_joined()
    {
        _connection.Threads.TryAdd(new ThreadKey(null, RoomNames.Thread("kitchen")), ThreadRights.Own, 8);
        _connection.Threads.TryAdd(new ThreadKey("ada", "a thread of her own"), ThreadRights.Own, 8);
        Assert.Equal(["kitchen"], Assert.IsType<ConnectionDescribed>(await AnswerAsync(new ConnectionInfoCommand())).Rooms);
    }

    [Fact]
    public async Task A_greeting_and_a_switch_are_confirmed()
    {
        await new AssistantGreetingHandler().HandleAsync(Context(new AssistantGreeting()));
        await new SwitchConversationHandler().HandleAsync(Context(new SwitchConversation("c")));
        Assert.Equal([new AssistantGreeted(), new ConversationSwitched("c")], _connection.Sent);
    }

    private async Task<ServerEvent?> AnswerAsync(AssistantCommand command)
    {
        _connection.Sent.Clear();
        await new AssistantCommandHandler(_rooms).HandleAsync(Context(command));
        return _connection.Sent.SingleOrDefault();
    }

    private RequestContext Context(ClientFrame frame) => new(_connection, frame, TestContext.Current.CancellationToken);

    private sealed class FakeRooms : IRooms
    {
        public RoomStatus Status { get; set; }

        public List<string> Asked { get; } = [];

        public Task<RoomAnswer> CreateAsync(IRunListener connection, NewRoom room, CancellationToken stopping)
        {
            Asked.Add($"create {room.RoomId}");
            return Task.FromResult(new RoomAnswer
            {
                Status = Status,
                Room = new Room
                {
                    RoomId = room.RoomId,
                    Name = room.Name ?? room.RoomId,
                    Description = room.Description ?? "",
                    CreatedBy = connection.UserId,
                    CreatedAt = default,
                    MaxMembers = room.MaxMembers ?? 100,
                    IsPrivate = room.IsPrivate,
                    Members = 1,
                },
            });
        }

        public Task<RoomAnswer> JoinAsync(IRunListener connection, string roomId, bool createIfMissing, CancellationToken stopping)
        {
            Asked.Add($"{(createIfMissing ? "join or make" : "join")} {roomId}");
            return Task.FromResult(new RoomAnswer { Status = Status });
        }

        public Task<IReadOnlyList<RunAnnounced>> RunsAsync(IRunListener connection, string roomId, CancellationToken stopping)
        {
            Asked.Add($"runs of {roomId}");
            return Task.FromResult<IReadOnlyList<RunAnnounced>>([Run(), Run()]);
        }

        public void Show(IRunListener connection, IReadOnlyList<RunAnnounced> runs) => Asked.Add($"show {runs.Count}");

        public Task LeaveAsync(IRunListener connection, string roomId, CancellationToken stopping)
        {
            Asked.Add($"leave {roomId}");
            return Task.CompletedTask;
        }

        public Task<RoomStatus> InviteAsync(IRunListener connection, string roomId, string userId, CancellationToken stopping)
        {
            Asked.Add($"invite {userId} to {roomId}");
            return Task.FromResult(Status);
        }

        public Task<RoomList> ListAsync(string? userId, string? after, int limit, CancellationToken stopping)
        {
            Asked.Add($"list for {userId}, {limit} at most");
            return Task.FromResult(new RoomList { Status = Status, Rooms = [], Total = 7 });
        }

        private static RunAnnounced Run() =>
            new() { RunId = Guid.CreateVersion7(), Attempt = 1, ThreadId = "~room/kitchen", UserId = "bob", RoomId = "kitchen", WorkerId = "w" };
    }
}
