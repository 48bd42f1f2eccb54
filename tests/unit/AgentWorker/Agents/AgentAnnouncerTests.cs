using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker;
using StreamChat.AgentWorker.Agents;
using StreamChat.AgentWorker.Agents.Announcing;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.AgentWorker.Models.Demo;
using StreamChat.Contracts.Agents;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Identity;
using StreamChat.TestSupport.Time;
using StreamChat.UnitTests.AgentWorker.Models;

namespace StreamChat.UnitTests.AgentWorker.Agents;

public sealed class AgentAnnouncerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedPublisher _publisher = new();
    private readonly ListLogger _log = new();
    private readonly ToolCatalog _catalog;
    private readonly WorkerIdentity _identity;
    private readonly AgentAnnouncer _announcer;

    public AgentAnnouncerTests()
    {
        var options = Options.Create(new AgentsOptions());
        _catalog = new ToolCatalog(_time);
        _identity = new WorkerIdentity(new SystemIdGenerator(_time));
        _announcer = new AgentAnnouncer(
            _publisher, new AgentTeam(options), new Personalities(Options.Create(new PersonalitiesOptions())), new OneModel(new DemoChatClient(Options.Create(new DemoModelOptions()), _time)), _catalog, _identity, options, Options.Create(new BusOptions()), _time, _log);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _announcer.Dispose();

    [Fact]
    public async Task Announces_the_team_the_first_agent_first_and_for_how_long_that_holds()
    {
        await _announcer.AnnounceAsync(Token);

        var announced = Assert.Single(_publisher.Published);
        Assert.Equal(_identity.WorkerId, announced.WorkerId);
        Assert.Equal(TimeSpan.FromSeconds(35), announced.ValidFor);
        Assert.Equal(6, announced.Agents.Count);
        Assert.Equal("Triage Agent", announced.Agents[0].Name);
        Assert.Equal(announced.Agents.Skip(1).Select(a => a.Name), announced.Agents[0].HandOffs);
        Assert.Equal(["Triage Agent"], announced.Agents.Single(a => a.Name == "Health Adviser").HandOffs);
        Assert.All(announced.Agents, a => Assert.NotEmpty(a.Description));
        Assert.All(announced.Agents, a => Assert.Contains("jailbreak", a.InputGuardrails));
    }

    [Fact]
    public async Task Tools_are_named_while_they_are_on_offer_and_a_change_is_noticed()
    {
        var changed = _catalog.Changed;
        await _announcer.AnnounceAsync(Token);
        Assert.All(_publisher.Published[^1].Agents, a => Assert.Empty(a.Tools));
        Assert.False(changed.IsCompleted);

        _catalog.Announce(ToolCatalogTests.Announcement("w1", "calculator", "weather", "unused"));
        Assert.True(changed.IsCompleted);
        await _announcer.AnnounceAsync(Token);
        Assert.Equal(["calculator"], _publisher.Published[^1].Agents[0].Tools);
        Assert.Equal(["weather"], _publisher.Published[^1].Agents[1].Tools);

        changed = _catalog.Changed;
        _catalog.Announce(ToolCatalogTests.Announcement("w1", "calculator", "weather", "unused"));
        Assert.False(changed.IsCompleted);
        _catalog.Announce(ToolCatalogTests.Announcement("w1"));
        Assert.True(changed.IsCompleted);
    }

    [Fact]
    public async Task Warns_once_while_the_broker_is_away_and_says_when_it_is_back()
    {
        _publisher.Next = _ => Task.FromException(new IOException("away"));
        await _announcer.AnnounceAsync(Token);
        await _announcer.AnnounceAsync(Token);
        _publisher.Next = _ => Task.CompletedTask;
        await _announcer.AnnounceAsync(Token);
        await _announcer.AnnounceAsync(Token);

        Assert.Equal([LogLevel.Warning, LogLevel.Information], _log.Levels);
    }

    [Fact]
    public async Task Gives_up_a_publish_that_never_returns()
    {
        _publisher.Next = _ => new TaskCompletionSource().Task;
        var announcing = _announcer.AnnounceAsync(Token);
        Assert.False(announcing.IsCompleted);
        _time.Advance(new BusOptions().PublishTimeout);
        await announcing;

        Assert.Equal([LogLevel.Warning], _log.Levels);
    }

    [Fact]
    public async Task Withdraws_after_an_announcement_that_is_under_way_and_is_silent_from_then_on()
    {
        TaskCompletionSource slow = new();
        _publisher.Next = _ => slow.Task;
        var announcing = _announcer.AnnounceAsync(Token);
        var withdrawing = _announcer.WithdrawAsync(Token);
        Assert.Single(_publisher.Published);
        slow.SetResult();
        await Task.WhenAll(announcing, withdrawing);
        await _announcer.AnnounceAsync(Token);

        Assert.Equal([6, 0], _publisher.Published.Select(p => p.Agents.Count));
    }

    [Fact]
    public async Task Withdrawing_never_holds_up_the_stop()
    {
        _publisher.Next = _ => new TaskCompletionSource().Task;
        var withdrawing = _announcer.WithdrawAsync(Token);
        Assert.False(withdrawing.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await withdrawing;

        Assert.Equal([LogLevel.Debug], _log.Levels);
    }

    private sealed class ScriptedPublisher : IAgentsPublisher
    {
        public List<AgentsAnnounced> Published { get; } = [];

        public Func<CancellationToken, Task> Next { get; set; } = _ => Task.CompletedTask;

        public Task PublishAsync(AgentsAnnounced announcement, CancellationToken cancellationToken)
        {
            Published.Add(announcement);
            return Next(cancellationToken);
        }
    }

    private sealed class ListLogger : ILogger<AgentAnnouncer>
    {
        public List<LogLevel> Levels { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Levels.Add(logLevel);
    }
}
