using StreamChat.Gateway.Runs;
using StreamChat.TestSupport.Time;

namespace StreamChat.UnitTests.Gateway.Runs;

public sealed class RunWatchTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_run_that_has_been_silent_for_long_is_asked_after_once_in_a_while()
    {
        var (silent, waiting) = (Run(), Run());
        silent.WorkerId = "w";
        GatewayRun[] runs = [silent, waiting];
        _time.Advance(RunWatch.Patience - TimeSpan.FromSeconds(1));
        Assert.Empty(RunWatch.Silent(runs, _time));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([silent], RunWatch.Silent(runs, _time));
        Assert.Empty(RunWatch.Silent(runs, _time));
        _time.Advance(RunWatch.Patience);
        Assert.Equal([silent], RunWatch.Silent(runs, _time));

        silent.HeardAt = _time.GetTimestamp();
        Assert.Empty(RunWatch.Silent(runs, _time));
    }

    private GatewayRun Run() => new(Guid.CreateVersion7(), "ada", "t", roomId: null, activity: null, requestedAt: _time.GetTimestamp());
}
