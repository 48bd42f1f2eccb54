using StreamChat.AgentWorker.Rooms;
using StreamChat.Contracts.Rooms;

namespace StreamChat.UnitTests.AgentWorker.Rooms;

public sealed class RoomRulesTests
{
    private static readonly RoomMember Ada = new() { ConnectionId = "g.1", UserId = "ada" };

    public static TheoryData<string, RoomStatus> Ids => new()
    {
        { "lobby", RoomStatus.Ok },
        { "大厅 1", RoomStatus.Ok },
        { new string('x', 128), RoomStatus.Ok },
        { new string('x', 129), RoomStatus.Invalid },
        { "", RoomStatus.Invalid },
        { "a\u0001b", RoomStatus.Invalid },
        { "hal\u200bl", RoomStatus.Invalid },
        { "\u202ellah", RoomStatus.Invalid },
        { "hall ", RoomStatus.Invalid },
        { "user_ada_room", RoomStatus.Forbidden },
        { "user_bob_room", RoomStatus.Forbidden },
        { "user_room", RoomStatus.Ok },
        { "user__room", RoomStatus.Forbidden },
    };

    [Theory]
    [MemberData(nameof(Ids))]
    public void An_id_is_short_and_plain_and_no_private_rooms(string roomId, RoomStatus status)
    {
        Assert.Equal(status, RoomRules.Check(new CreateRoom { RoomId = roomId, Member = Ada }));
        Assert.Equal(status, RoomRules.Check(new JoinRoom { RoomId = roomId, Member = Ada, CreateIfMissing = true }));

        // a room that has such an id already is joined, and users are invited to it
        var known = roomId.Length is > 0 and <= 128 && !roomId.Any(char.IsControl) && status == RoomStatus.Invalid ? RoomStatus.Ok : status;
        Assert.Equal(known, RoomRules.Check(new JoinRoom { RoomId = roomId, Member = Ada }));
        Assert.Equal(known, RoomRules.Check(new InviteToRoom { RoomId = roomId, UserId = "ada", InvitedUserId = "bob" }));
    }

    [Fact]
    public void What_a_room_is_made_with_is_bounded()
    {
        var room = new CreateRoom { RoomId = "lobby", Member = Ada };
        Assert.Equal(RoomStatus.Ok, RoomRules.Check(room with { Name = new string('n', 200), Description = new string('d', 2000), MaxMembers = 10_000 }));
        Assert.Equal(RoomStatus.Invalid, RoomRules.Check(room with { Name = new string('n', 201) }));
        Assert.Equal(RoomStatus.Invalid, RoomRules.Check(room with { Name = "" }));
        Assert.Equal(RoomStatus.Invalid, RoomRules.Check(room with { Name = "The \u202eHall" }));
        Assert.Equal(RoomStatus.Ok, RoomRules.Check(room with { Name = "The Hall ❤\ufe0f" }));
        Assert.Equal(RoomStatus.Invalid, RoomRules.Check(room with { Description = new string('d', 2001) }));
        Assert.Equal(RoomStatus.Invalid, RoomRules.Check(room with { MaxMembers = 0 }));
        Assert.Equal(RoomStatus.Invalid, RoomRules.Check(room with { MaxMembers = 10_001 }));
        Assert.Equal(RoomStatus.Invalid, RoomRules.Check(new InviteToRoom { RoomId = "lobby", UserId = "ada", InvitedUserId = "" }));
        Assert.Equal(RoomStatus.Invalid, RoomRules.Check(new ListRooms { Limit = 201 }));
        Assert.Equal(RoomStatus.Invalid, RoomRules.Check(room with { Speak = (RoomSpeakers)7 }));
        Assert.Equal(RoomStatus.Invalid, RoomRules.Check(room with { Cancel = (RoomCancellers)7 }));
        Assert.Equal(RoomStatus.Ok, RoomRules.Check(new ReadRoomMembers { RoomIds = new string[100], MostUsers = 1000 }));
        Assert.Equal(RoomStatus.Invalid, RoomRules.Check(new ReadRoomMembers { RoomIds = new string[101], MostUsers = 1 }));
        Assert.Equal(RoomStatus.Invalid, RoomRules.Check(new ReadRoomMembers { RoomIds = [], MostUsers = 1001 }));
        Assert.Equal(RoomStatus.Invalid, RoomRules.Check(new RenewRoomMembers { ConnectionIds = new string[1001] }));
    }
}
