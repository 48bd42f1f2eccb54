using StreamChat.Hosting.Bus;
using StreamChat.TestSupport.Time;

namespace StreamChat.UnitTests.Hosting.Bus;

public sealed class AnnouncementsTests
{
    private static readonly TimeSpan Valid = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly Announcements<string> _words;

    public AnnouncementsTests() => _words = new Announcements<string>(_time);

    [Fact]
    public void The_last_word_of_each_counts_and_the_newest_stands_first()
    {
        _words.Take("one", "old", Valid);
        _words.Take("two", "second", Valid);
        _words.Take("one", "third", Valid);
        Assert.Equal(["third", "second"], _words.NewestFirst);
        _words.Withdraw("one");
        Assert.Equal(["second"], _words.NewestFirst);
    }

    [Fact]
    public void Each_is_forgotten_when_its_own_time_is_over()
    {
        _words.Take("one", "short", Valid);
        _words.Take("two", "long", Valid * 2);
        _time.Advance(Valid);
        Assert.False(_words.ForgetSilent());
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(_words.ForgetSilent());
        Assert.Equal(["long"], _words.NewestFirst);
    }

    [Fact]
    public void The_order_survives_a_time_without_hearing()
    {
        _words.Take("one", "first", Valid);
        _words.Take("two", "second", Valid);
        _words.Take("one", "third", Valid);
        _words.Hears = false;
        _time.Advance(Valid * 5);
        Assert.False(_words.ForgetSilent());
        _words.Hears = true;
        Assert.Equal(TimeSpan.Zero, _words.HearsFor);
        _time.Advance(Valid);
        Assert.False(_words.ForgetSilent());
        Assert.Equal(["third", "second"], _words.NewestFirst);

        // said again, and so heard all along
        _words.Hears = true;
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(_words.ForgetSilent());
        Assert.Empty(_words.NewestFirst);
    }
}
