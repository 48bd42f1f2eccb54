using StreamChat.Gateway.Runs;

namespace StreamChat.UnitTests.Gateway.Runs;

public sealed class ConnectionRunsTests
{
    private readonly ConnectionRuns _runs = new();

    [Fact]
    public void What_is_viewed_takes_no_place_of_what_is_asked_for()
    {
        var viewed = Guid.CreateVersion7();
        var asked = Guid.CreateVersion7();
        Assert.True(_runs.TryView(viewed, 1));
        Assert.False(_runs.TryView(Guid.CreateVersion7(), 1));
        Assert.True(_runs.TryAdd(asked, 1));
        Assert.False(_runs.TryAdd(Guid.CreateVersion7(), 1));
        Assert.Equal([asked], _runs.All());
        Assert.Equal([viewed], _runs.Viewed());
    }

    [Fact]
    public void A_viewed_run_that_is_asked_for_counts_as_asked_for()
    {
        var run = Guid.CreateVersion7();
        Assert.True(_runs.TryView(run, 1));
        Assert.True(_runs.TryAdd(run, 1));
        Assert.Equal([run], _runs.All());
        Assert.Empty(_runs.Viewed());
    }

    [Fact]
    public async Task A_connection_that_is_gone_sees_nothing_any_more()
    {
        var run = Guid.CreateVersion7();
        _runs.TryAdd(run, 1);
        var ended = _runs.WhenEndedAsync(run);
        Assert.Equal([run], _runs.Close());
        await ended.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.False(_runs.TryAdd(run, 1));
        Assert.False(_runs.TryView(run, 1));
    }

    [Fact]
    public void A_run_that_was_seen_to_its_end_stays_known_for_a_while_and_takes_no_place()
    {
        var seen = Guid.CreateVersion7();
        var left = Guid.CreateVersion7();
        _runs.TryAdd(seen, 1);
        Assert.True(_runs.Knows(seen));
        _runs.End(seen);
        Assert.True(_runs.Knows(seen));
        Assert.False(_runs.Contains(seen));
        Assert.True(_runs.TryAdd(left, 1));
        _runs.Remove(left);
        Assert.False(_runs.Knows(left));

        for (var i = 0; i < 32; i++)
        {
            _runs.End(Guid.CreateVersion7());
        }

        Assert.False(_runs.Knows(seen));
    }
}
