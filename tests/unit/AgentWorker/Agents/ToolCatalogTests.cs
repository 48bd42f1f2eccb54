using System.Text.Json;
using StreamChat.AgentWorker.Agents;
using StreamChat.Contracts.Tools;
using StreamChat.TestSupport.Time;

namespace StreamChat.UnitTests.AgentWorker.Agents;

public sealed class ToolCatalogTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Tools_of_all_tool_workers_are_offered_each_once()
    {
        var catalog = new ToolCatalog(_time);
        catalog.Announce(Announcement("w1", "calculator", "current_time"));
        catalog.Announce(Announcement("w2", "calculator"));
        Assert.Equal(["calculator", "current_time"], catalog.Current().Declarations.Select(d => d.Name));
    }

    [Fact]
    public void A_newer_announcement_replaces_and_an_empty_one_withdraws()
    {
        var catalog = new ToolCatalog(_time);
        catalog.Announce(Announcement("w1", "old"));
        catalog.Announce(Announcement("w1", "new"));
        Assert.Equal(["new"], catalog.Current().Tools.Keys);
        catalog.Announce(Announcement("w1"));
        Assert.Empty(catalog.Current().Declarations);
    }

    [Fact]
    public void A_tool_worker_that_falls_silent_is_forgotten()
    {
        var catalog = new ToolCatalog(_time);
        catalog.Announce(Announcement("w1", "a"));
        _time.Advance(TimeSpan.FromSeconds(20));
        catalog.Announce(Announcement("w2", "b"));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(["b"], catalog.Current().Tools.Keys);
    }

    [Fact]
    public void Nobody_is_forgotten_for_silence_while_nobody_can_be_heard()
    {
        var catalog = new ToolCatalog(_time);
        catalog.Announce(Announcement("w1", "a"));
        catalog.Hears = false;
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(["a"], catalog.Current().Tools.Keys);

        // and then has as long as ever
        catalog.Hears = true;
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(["a"], catalog.Current().Tools.Keys);
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Empty(catalog.Current().Tools);
    }

    [Fact]
    public async Task The_first_run_waits_for_the_first_word_and_later_ones_do_not()
    {
        var catalog = new ToolCatalog(_time);
        var waiting = catalog.WaitAtStartAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(waiting.IsCompleted);
        catalog.Announce(Announcement("w1", "a"));
        await waiting.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.True(catalog.WaitAtStartAsync(TestContext.Current.CancellationToken).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Without_any_tool_worker_only_the_start_waits()
    {
        var catalog = new ToolCatalog(_time);
        var waiting = catalog.WaitAtStartAsync(TestContext.Current.CancellationToken).AsTask();
        _time.Advance(TimeSpan.FromSeconds(2));
        await waiting.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.True(catalog.WaitAtStartAsync(TestContext.Current.CancellationToken).AsTask().IsCompletedSuccessfully);
    }

    internal static ToolsAnnounced Announcement(string worker, params string[] tools) => new()
    {
        ToolWorkerId = worker,
        ValidFor = TimeSpan.FromSeconds(35),
        Tools = [.. tools.Select(t => new ToolDescription
        {
            Name = t,
            Description = "",
            Parameters = JsonElement.Parse("""{"type":"object"}"""),
            Timeout = TimeSpan.FromSeconds(1),
            SafeToRepeat = true,
        })],
    };
}
