using StreamChat.Contracts.Rooms;
using StreamChat.Gateway.Runs;

namespace StreamChat.UnitTests.Gateway.Runs;

public sealed class ThreadAccessTests
{
    private static readonly Room Hall = new()
    {
        RoomId = "hall",
        Name = "Hall",
        Description = "",
        CreatedBy = "ada",
        CreatedAt = DateTimeOffset.UnixEpoch,
        MaxMembers = 10,
        IsPrivate = false,
        Members = 1,
    };

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("t", null, true)]
    [InlineData("~session/ada/s", null, true)] // named by a dialect, for this user
    [InlineData("~room/lobby", null, false)]
    [InlineData("~room/user_ada_room", null, false)]
    [InlineData("~room/lobby", "lobby", false)]
    [InlineData("~room/hall", "hall", true)]
    [InlineData("~room/lobby", "hall", false)]
    [InlineData("t", "hall", false)]
    [InlineData(null, "hall", false)]
    [InlineData("~room/user_ada_room", "user_ada_room", true)]
    [InlineData("~room/user_bob_room", "user_bob_room", false)]
    public void A_rooms_thread_is_for_its_members(string? threadId, string? roomId, bool may)
    {
        var ada = new FakeListener(userId: "ada");
        ada.Threads.TryAdd(new ThreadKey(null, "~room/hall"), ThreadRights.Own, 10);
        Assert.Equal(may, ThreadAccess.MayRun(ada, threadId, roomId));
    }

    [Theory]
    [InlineData(RoomSpeakers.Members, "bob", true)]
    [InlineData(RoomSpeakers.Creator, "bob", false)]
    [InlineData(RoomSpeakers.Creator, "ada", true)]
    public void Who_may_ask_in_a_room_is_the_rooms_to_say(RoomSpeakers speak, string userId, bool may)
    {
        var listener = new FakeListener(userId: userId);
        listener.Threads.TryAdd(new ThreadKey(null, "~room/hall"), ThreadRights.In(Hall with { Speak = speak }, userId), 10);
        Assert.Equal(may, ThreadAccess.MaySpeak(listener, "~room/hall"));
        Assert.True(ThreadAccess.MaySpeak(listener, "t"));
        Assert.True(ThreadAccess.MaySpeak(listener, threadId: null));
    }

    [Theory]
    [InlineData(RoomCancellers.Asker, "ada", false)]
    [InlineData(RoomCancellers.Creator, "ada", true)]
    [InlineData(RoomCancellers.Creator, "bob", false)]
    [InlineData(RoomCancellers.Members, "bob", true)]
    public void Who_may_stop_what_others_asked_is_the_rooms_to_say(RoomCancellers cancel, string userId, bool may)
    {
        var listener = new FakeListener(userId: userId);
        Assert.False(ThreadAccess.MayCancelAll(listener, "~room/hall"));
        listener.Threads.TryAdd(new ThreadKey(null, "~room/hall"), ThreadRights.In(Hall with { Cancel = cancel }, userId), 10);
        Assert.Equal(may, ThreadAccess.MayCancelAll(listener, "~room/hall"));
        Assert.False(ThreadAccess.MayCancelAll(listener, "~room/den"));

        // a thread of one's own that is called like somebody else's
        listener.Threads.TryAdd(new ThreadKey(userId, "t"), ThreadRights.Own, 10);
        Assert.False(ThreadAccess.MayCancelAll(listener, "t"));
    }

    [Fact]
    public void A_run_is_seen_by_who_asked_for_it_and_by_the_members_of_its_room()
    {
        var bob = new FakeListener(userId: "bob");
        Assert.True(ThreadAccess.MaySee(bob, "bob", "t"));
        Assert.False(ThreadAccess.MaySee(bob, "ada", "~room/hall"));
        bob.Threads.TryAdd(new ThreadKey(null, "~room/hall"), ThreadRights.Own, 10);
        Assert.True(ThreadAccess.MaySee(bob, "ada", "~room/hall"));

        // a thread of one's own that is called like somebody else's
        bob.Threads.TryAdd(new ThreadKey("bob", "t"), ThreadRights.Own, 10);
        Assert.False(ThreadAccess.MaySee(bob, "ada", "t"));
    }
}
