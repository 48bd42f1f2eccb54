using StreamChat.Gateway.Dialects;

namespace StreamChat.UnitTests.Gateway.Dialects;

public sealed class ThreadIdsTests
{
    [Fact]
    public void A_slash_in_a_name_makes_nobody_somebody_else() =>
        Assert.NotEqual(ThreadIds.Of("aurawell", "ada/x", "y"), ThreadIds.Of("aurawell", "ada", "x/y"));

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
