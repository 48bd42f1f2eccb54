using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Identity;
using StreamChat.TestSupport.Time;
using StreamChat.ToolWorker;
using StreamChat.ToolWorker.Announcing;
using StreamChat.ToolWorker.BuiltIn.Calculator;
using StreamChat.ToolWorker.BuiltIn.Time;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.UnitTests.ToolWorker;

public sealed class ToolAnnouncerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedPublisher _publisher = new();
    private readonly ListLogger _log = new();
    private readonly ToolWorkerIdentity _identity;
    private readonly ToolAnnouncer _announcer;

    public ToolAnnouncerTests()
    {
        _identity = new ToolWorkerIdentity(new SystemIdGenerator(_time));
        _announcer = new ToolAnnouncer(
            _publisher,
            new ToolRegistry([CurrentTimeTool.Create(_time), CalculatorTool.Create()]),
            _identity,
            Options.Create(new ToolWorkerOptions()),
            Options.Create(new BusOptions()),
            _time,
            _log);
    }

    public void Dispose() => _announcer.Dispose();

    [Fact]
    public async Task Announces_every_tool_with_its_schema_and_for_how_long_that_holds()
    {
        await _announcer.AnnounceAsync(TestContext.Current.CancellationToken);

        var announced = Assert.Single(_publisher.Published);
        Assert.Equal(_identity.ToolWorkerId, announced.ToolWorkerId);
        Assert.Equal(TimeSpan.FromSeconds(35), announced.ValidFor);
        Assert.Equal(["calculator", "current_time"], announced.Tools.Select(t => t.Name));
        var calculator = announced.Tools[0];
        Assert.Equal("string", calculator.Parameters.GetProperty("properties").GetProperty("expression").GetProperty("type").GetString());
        Assert.Equal(["expression"], calculator.Parameters.GetProperty("required").EnumerateArray().Select(e => e.GetString()));
        Assert.True(calculator.SafeToRepeat);
        Assert.NotEmpty(calculator.Description);
    }

    [Fact]
    public async Task Warns_once_while_the_broker_is_away_and_says_when_it_is_back()
    {
        _publisher.Next = _ => Task.FromException(new IOException("away"));
        await _announcer.AnnounceAsync(TestContext.Current.CancellationToken);
        await _announcer.AnnounceAsync(TestContext.Current.CancellationToken);
        _publisher.Next = _ => Task.CompletedTask;
        await _announcer.AnnounceAsync(TestContext.Current.CancellationToken);
        await _announcer.AnnounceAsync(TestContext.Current.CancellationToken);

        Assert.Equal([LogLevel.Warning, LogLevel.Information], _log.Levels);
    }

    [Fact]
    public async Task Gives_up_a_publish_that_never_returns()
    {
        _publisher.Next = _ => new TaskCompletionSource().Task;
        var announcing = _announcer.AnnounceAsync(TestContext.Current.CancellationToken);
        Assert.False(announcing.IsCompleted);
        _time.Advance(new BusOptions().PublishTimeout);
        await announcing;

        Assert.Equal([LogLevel.Warning], _log.Levels);
    }

    [Fact]
    public async Task Withdraws_with_an_empty_list_and_is_silent_from_then_on()
    {
        await _announcer.WithdrawAsync(TestContext.Current.CancellationToken);
        await _announcer.AnnounceAsync(TestContext.Current.CancellationToken);

        Assert.Empty(Assert.Single(_publisher.Published).Tools);
    }

    [Fact]
    public async Task Withdraws_after_an_announcement_that_is_under_way()
    {
        TaskCompletionSource slow = new();
        _publisher.Next = _ => slow.Task;
        var announcing = _announcer.AnnounceAsync(TestContext.Current.CancellationToken);
        var withdrawing = _announcer.WithdrawAsync(TestContext.Current.CancellationToken);
        Assert.Single(_publisher.Published);
        slow.SetResult();
        await Task.WhenAll(announcing, withdrawing);

        Assert.Equal([2, 0], _publisher.Published.Select(p => p.Tools.Count));
    }

    [Fact]
    public async Task Withdrawing_never_holds_up_the_stop()
    {
        _publisher.Next = _ => new TaskCompletionSource().Task;
        var withdrawing = _announcer.WithdrawAsync(TestContext.Current.CancellationToken);
        Assert.False(withdrawing.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await withdrawing;

        Assert.Equal([LogLevel.Debug], _log.Levels);
    }

    private sealed class ScriptedPublisher : IAnnouncementPublisher
    {
        public List<ToolsAnnounced> Published { get; } = [];

        public Func<CancellationToken, Task> Next { get; set; } = _ => Task.CompletedTask;

        public Task PublishAsync(ToolsAnnounced announcement, CancellationToken cancellationToken)
        {
            Published.Add(announcement);
            return Next(cancellationToken);
        }
    }

    private sealed class ListLogger : ILogger<ToolAnnouncer>
    {
        public List<LogLevel> Levels { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Levels.Add(logLevel);
    }
}
