using StreamChat.Gateway.Dialects;

namespace StreamChat.UnitTests.Gateway.Dialects;

public sealed class ThreadIdsTests
{
    [Fact]
    public void A_slash_in_a_name_makes_nobody_somebody_else() =>
        Assert.NotEqual(ThreadIds.Of("aurawell", "ada/x", "y"), ThreadIds.Of("aurawell", "ada", "x/y"));

    [Theory]
    [InlineData("default", true)]
    [InlineData("a/b", true)]
    [InlineData("...", true)]
    [InlineData(".a", true)]
    [InlineData("%2e%2e%2e", true)]
    [InlineData("%252e", true)]
    [InlineData("\ufffd", true)]
    [InlineData("~session/ada/.", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("%2e", false)]
    [InlineData("%2E", false)]
    [InlineData("%2e.", false)]
    [InlineData(".%2E", false)]
    [InlineData("%2e%2E", false)]
    [InlineData("a\u0001b", false)]
    [InlineData("a\u0085b", false)]
    public void A_name_is_one_that_frames_and_paths_can_hold(string threadId, bool isName) => Assert.Equal(isName, ThreadIds.IsName(threadId));

    [Fact]
    public void A_name_is_as_long_as_allowed()
    {
        Assert.True(ThreadIds.IsName(new string('x', 512)));
        Assert.False(ThreadIds.IsName(new string('x', 513)));
        Assert.False(ThreadIds.IsName(new string('x', 129), maxLength: 128));
    }

    [Fact]
    public void However_long_the_names_a_thread_id_fits_and_stays_one_of_its_own()
    {
        var user = new string('名', 128);
        var first = ThreadIds.Of("aurawell", user, new string('a', 128));
        var second = ThreadIds.Of("aurawell", user, new string('b', 128));
        Assert.InRange(first.Length, 1, 512);
        Assert.StartsWith("~aurawell/~", first, StringComparison.Ordinal);
        Assert.NotEqual(first, second);
        Assert.Equal(first, ThreadIds.Of("aurawell", user, new string('a', 128)));

        // no user is called as such an id begins
        Assert.StartsWith("~aurawell/~", ThreadIds.Of("aurawell", "~", "x"), StringComparison.Ordinal);
        Assert.NotEqual(first, ThreadIds.Of("aurawell", first["~aurawell/".Length..], ""));
    }
}
