using StreamChat.Gateway.Runs;

namespace StreamChat.UnitTests.Gateway.Runs;

public sealed class ThreadAccessTests
{
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
