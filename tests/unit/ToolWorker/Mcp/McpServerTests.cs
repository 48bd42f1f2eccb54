using System.ComponentModel;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Identity;
using StreamChat.TestSupport.Time;
using StreamChat.TestSupport.Waiting;
using StreamChat.ToolWorker.Mcp;
using StreamChat.ToolWorker.Tools;
using Server = StreamChat.ToolWorker.Mcp.McpServer;

namespace StreamChat.UnitTests.ToolWorker.Mcp;

/// <summary>How a server is looked after, over streams in memory and with the clock in hand.</summary>
public sealed class McpServerTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryMcp _mcp = new();
    private readonly ToolRegistry _registry = new([]);
    private readonly McpOptions _limits = new();
    private readonly McpServerSettings _settings = new() { Timeout = TimeSpan.FromMinutes(1) };
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly CancellationTokenSource _stop = new();
    private readonly WordLogger _log = new();
    private Task _running = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _mcp.DisposeAsync();
        await _running;
        await _services.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task Tools_are_offered_and_follow_what_the_server_says_of_changes()
    {
        _mcp.Tools.Add(NewTool("one", () => "1"));
        Run();
        await OfferedAsync("srv_one");
        var changed = _registry.Changed;

        _mcp.Instances[0].Tools.Add(NewTool("two", () => "2"));
        await PassAsync(TimeSpan.FromMilliseconds(100), () => _registry.Descriptions.Count == 2);
        Assert.True(changed.IsCompleted);

        _mcp.Instances[0].Tools.Clear();
        await PassAsync(TimeSpan.FromMilliseconds(100), () => _registry.Descriptions.Count == 0);
        Assert.Single(_mcp.Instances);
    }

    [Fact]
    public async Task Tools_of_a_server_that_breaks_off_are_withdrawn_and_come_back_after_a_pause()
    {
        _mcp.Tools.Add(NewTool("one", () => "1"));
        Run();
        await OfferedAsync("srv_one");
        await _mcp.Instances[0].DisposeAsync();
        await OfferedAsync();
        Assert.Single(_mcp.Instances);

        await PassAsync(TimeSpan.FromSeconds(1), () => _registry.Descriptions.Count == 1);
        Assert.Equal(2, _mcp.Instances.Count);
        Assert.Single(_log.Of(LogLevel.Warning));
    }

    [Fact]
    public async Task A_server_that_sends_what_is_not_read_is_away_though_its_connection_is_there()
    {
        _mcp.Tools.Add(NewTool("one", () => "1"));
        Run();
        await OfferedAsync("srv_one");
        _mcp.Instances[0].Signal.Break(new McpMessageTooLargeException(100));
        await OfferedAsync();
        // the tools go first, the warning is written after
        await Eventually.TrueAsync(() => _log.Of(LogLevel.Warning).Count > 0);
        Assert.StartsWith(
            "MCP server srv is away: it sent a message of more than 100 bytes (Mcp:MaxMessageBytes). Trying again in", Assert.Single(_log.Of(LogLevel.Warning)), StringComparison.Ordinal);

        await PassAsync(TimeSpan.FromSeconds(1), () => _registry.Descriptions.Count == 1);
        Assert.Equal(2, _mcp.Instances.Count);
    }

    [Fact]
    public async Task A_server_that_is_away_is_tried_again_with_growing_pauses_and_one_warning_that_tells_no_secret()
    {
        _mcp.Away = true;
        Run();
        List<double> pauses = [];
        for (var attempt = 1; attempt <= 8; attempt++)
        {
            await Eventually.TrueAsync(() => _mcp.Attempts == attempt && _time.ActiveTimers == 1);
            var pause = 0.0;
            for (; _mcp.Attempts == attempt && pause < 60; pause += 0.25)
            {
                _time.Advance(TimeSpan.FromSeconds(0.25));
                if (_time.ActiveTimers == 0)
                {
                    await Eventually.TrueAsync(() => _mcp.Attempts > attempt);
                }
            }

            pauses.Add(pause);
        }

        // half of 1, 2, 4 … 30 seconds, and up to as much again by chance
        Assert.All(pauses.Zip([1.0, 2, 4, 8, 16, 30, 30, 30]), p => Assert.InRange(p.First, p.Second / 2, p.Second + 0.25));
        Assert.Equal("MCP server srv is away: it answered with HTTP 401. Trying again in", Assert.Single(_log.Of(LogLevel.Warning))[..66]);
        Assert.DoesNotContain(_log.Of(LogLevel.Debug), w => w.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_start_that_never_completes_is_given_up()
    {
        _mcp.Silent = true;
        Run();
        await PassAsync(TimeSpan.FromSeconds(10), () => _log.Of(LogLevel.Warning).Count == 1);
        Assert.Contains("it did not answer in time", _log.Of(LogLevel.Warning)[0], StringComparison.Ordinal);

        _mcp.Silent = false;
        _mcp.Tools.Add(NewTool("one", () => "1"));
        await PassAsync(TimeSpan.FromSeconds(1), () => _registry.Descriptions.Count == 1);
    }

    [Fact]
    public async Task A_call_that_is_given_up_is_cancelled_at_the_server_and_one_whose_server_breaks_off_ends()
    {
        _limits.ProbeInterval = TimeSpan.FromHours(1);
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously), cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _mcp.Tools.Add(NewTool("hang", async (CancellationToken token) =>
        {
            entered.SetResult();
            try
            {
                await new TaskCompletionSource().Task.WaitAsync(token);
            }
            finally
            {
                cancelled.SetResult();
            }
        }));
        Run();
        await OfferedAsync("srv_hang");
        using CancellationTokenSource given = new();
        var call = CallAsync("srv_hang", "{}", given.Token);
        await entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(cancelled.Task.IsCompleted);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        call = CallAsync("srv_hang", "{}", TestContext.Current.CancellationToken);
        await entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        await _mcp.Instances[^1].DisposeAsync();
        var gone = await Assert.ThrowsAsync<ToolException>(() => call.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.Equal("The tool's server went away before it answered. It is not known whether the call took effect.", gone.Message);
    }

    [Fact]
    public async Task Arguments_are_the_servers_to_check_and_its_error_is_the_models_to_read()
    {
        _mcp.Tools.Add(NewTool("fail", string ([Description("Any.")] string text) => throw new McpException($"No {text} today.")));
        Run();
        await OfferedAsync("srv_fail");

        var error = await Assert.ThrowsAsync<ToolException>(() => CallAsync("srv_fail", """{"text":"rain","unknown":1}""", TestContext.Current.CancellationToken));
        Assert.Equal("An error occurred invoking 'fail': No rain today.", error.Message);
    }

    [Theory]
    [InlineData(true, null, true)]
    [InlineData(null, true, true)]
    [InlineData(false, false, false)]
    [InlineData(null, null, false)]
    public async Task Only_a_tool_that_says_so_may_be_repeated(bool? readOnly, bool? idempotent, bool safe)
    {
        _mcp.Tools.Add(McpServerTool.Create(() => "1", new McpServerToolCreateOptions { Name = "one", ReadOnly = readOnly, Idempotent = idempotent }));
        Run();
        await OfferedAsync("srv_one");

        Assert.Equal(safe, _registry.Descriptions[0].SafeToRepeat);
        Assert.Equal(TimeSpan.FromMinutes(1), _registry.Descriptions[0].Timeout);
    }

    [Fact]
    public async Task Calls_that_fail_or_are_given_up_leave_the_server_to_others()
    {
        _mcp.Tools.Add(NewTool("fail", string () => throw new McpException("No.")));
        _mcp.Tools.Add(NewTool("hang", async (CancellationToken token) => await new TaskCompletionSource().Task.WaitAsync(token)));
        _mcp.Tools.Add(NewTool("echo", (string text) => text));
        Run();
        await Eventually.TrueAsync(() => _registry.Descriptions.Count == 3);
        for (var i = 0; i < 20; i++)
        {
            await Assert.ThrowsAsync<ToolException>(() => CallAsync("srv_fail", "{}", TestContext.Current.CancellationToken));
            await Assert.ThrowsAsync<ToolException>(() => CallAsync("srv_echo", """{"text":{"not":"text"},"more":[1]}""", TestContext.Current.CancellationToken));
            using CancellationTokenSource given = new();
            var call = CallAsync("srv_hang", "{}", given.Token);
            await given.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }

        Assert.Equal("hi", ((JsonElement)(await CallAsync("srv_echo", """{"text":"hi"}""", TestContext.Current.CancellationToken))!).GetString());
        Assert.Single(_mcp.Instances);
        Assert.Empty(_log.Of(LogLevel.Warning));
    }

    private static McpServerTool NewTool(string name, Delegate method) => McpServerTool.Create(method, new McpServerToolCreateOptions { Name = name });

    private void Run()
    {
        var server = new Server(
            "srv", _settings, _limits, _mcp, _registry, new McpMetrics(_services.GetRequiredService<IMeterFactory>()), new SystemIdGenerator(_time), _time, _log);
        _running = server.RunAsync(_stop.Token);
    }

    private async Task<object?> CallAsync(string name, string arguments, CancellationToken cancellationToken)
    {
        Assert.True(_registry.TryGet(name, out var tool));
        Assert.False(tool.ChecksArguments);
        var call = new CallTool
        {
            RunId = Guid.Empty,
            ToolCallId = "call-1",
            Name = name,
            Arguments = JsonElement.Parse(arguments),
            UserId = "user",
            ThreadId = "thread",
            Timeout = TimeSpan.FromMinutes(5),
        };
        var given = ToolArguments.Read(call.Arguments);
        given.Context = new Dictionary<object, object?> { [typeof(ToolCallContext)] = new ToolCallContext(call, _ => { }) };
        return await tool.Function.InvokeAsync(given, cancellationToken);
    }

    private Task OfferedAsync(params string[] names) => Eventually.TrueAsync(() => _registry.Descriptions.Select(d => d.Name).SequenceEqual(names));

    /// <summary>Lets time pass, step by step, until something is true.</summary>
    private Task PassAsync(TimeSpan step, Func<bool> condition) => Eventually.TrueAsync(() =>
    {
        if (!condition())
        {
            _time.Advance(step);
        }

        return condition();
    });

    private sealed class WordLogger : ILogger<Server>
    {
        private readonly List<(LogLevel Level, string Words)> _words = [];

        public IReadOnlyList<string> Of(LogLevel level)
        {
            lock (_words)
            {
                return [.. _words.Where(w => w.Level == level).Select(w => w.Words)];
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_words)
            {
                _words.Add((logLevel, formatter(state, exception)));
            }
        }
    }
}
