using Microsoft.Extensions.Options;
using StreamChat.Gateway;
using StreamChat.Gateway.Limits;
using StreamChat.TestSupport.Time;

namespace StreamChat.UnitTests.Gateway.Limits;

public sealed class RatesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LimitsOptions _limits = new();

    [Fact]
    public void Sixty_at_once_and_ten_a_second_from_then_on()
    {
        var rates = Rates();
        Assert.All(Enumerable.Range(0, 60), _ => Assert.Null(rates.Take("ada")));
        Assert.Equal(TimeSpan.FromSeconds(0.1), rates.Take("ada"));
        Assert.Null(rates.Take("bob"));

        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Null(rates.Take("ada"));
        Assert.NotNull(rates.Take("ada"));

        // refused ones cost nothing
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.All(Enumerable.Range(0, 20), _ => Assert.Null(rates.Take("ada")));
        Assert.NotNull(rates.Take("ada"));

        _time.Advance(TimeSpan.FromHours(1));
        Assert.All(Enumerable.Range(0, 60), _ => Assert.Null(rates.Take("ada")));
        Assert.NotNull(rates.Take("ada"));
    }

    [Fact]
    public void None_means_none()
    {
        _limits.Requests = 0;
        var rates = Rates();
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.Null(rates.Take("ada")));
        Assert.Equal(0, rates.Count);
    }

    [Fact]
    public void Who_has_not_asked_for_long_is_forgotten_and_who_has_is_not()
    {
        var rates = Rates();
        for (var i = 0; i < 1000; i++)
        {
            rates.Take($"user-{i}");
        }

        _time.Advance(TimeSpan.FromSeconds(9.95));
        Assert.All(Enumerable.Range(0, 60), _ => Assert.Null(rates.Take("ada")));
        _time.Advance(TimeSpan.FromSeconds(0.05));
        Assert.Equal(1001, rates.Count);
        Assert.NotNull(rates.Take("ada"));
        Assert.Equal(1, rates.Count);
    }

    [Fact]
    public async Task Of_many_at_once_exactly_as_many_pass_as_may()
    {
        var rates = Rates();
        var taken = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => Task.Run(() => rates.Take("ada"), TestContext.Current.CancellationToken)));
        Assert.Equal(60, taken.Count(t => t is null));
    }

    [Fact]
    public void Runs_of_a_user_are_counted_until_they_end()
    {
        _limits.RunsPerUser = 2;
        var runs = new UserRuns(Options.Create(_limits));
        Assert.True(runs.TryEnter("ada", out var first));
        Assert.True(runs.TryEnter("ada", out _));
        Assert.False(runs.TryEnter("ada", out _));
        Assert.True(runs.TryEnter("bob", out _));
        first.Dispose();
        Assert.True(runs.TryEnter("ada", out _));
    }

    private UserRates Rates() => new(Options.Create(_limits), _time);
}
