using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StreamChat.Hosting.Logging;
using StreamChat.TestSupport.Time;

#pragma warning disable CA1848, CA2254 // libraries log in every way that there is

namespace StreamChat.UnitTests.Hosting.Logging;

public sealed partial class BoundedLoggerTests : IDisposable
{
    private const string Ours = "StreamChat.Gateway.Runs.RunStarter";
    private const string Library = "MassTransit.ReceiveTransport";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly Lines _lines = new();
    private readonly List<(string, string?)> _settings = [];
    private ServiceProvider? _services;

    [Fact]
    public void The_first_lines_of_a_spell_are_written_and_the_rest_is_one_line_with_its_count()
    {
        for (var i = 0; i < 4_322; i++)
        {
            LogFailed(Logger(Ours), i, null);
        }

        Assert.Equal([.. Enumerable.Range(0, 10).Select(i => $"Run {i} failed.")], _lines.Texts);
        _time.Advance(Interval);
        Assert.Equal("Repeated 4312 more times, not written: 901, Run {Number} failed.", _lines.Texts[10]);
        Assert.Equal((LogLevel.Warning, 7050), (_lines.All[10].Level, _lines.All[10].EventId));
        Assert.Equal(11, _lines.Texts.Count);
    }

    [Fact]
    public void While_a_spell_goes_on_an_interval_has_one_example_and_one_count()
    {
        for (var second = 0; second < 90; second++)
        {
            for (var i = 0; i < 1_000; i++)
            {
                LogFailed(Logger(Ours), i, null);
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(10 + 8 + 9, _lines.Texts.Count);
        Assert.Equal(90_000, 18 + _lines.Texts.Where(t => t.StartsWith("Repeated ", StringComparison.Ordinal)).Sum(t => int.Parse(t.Split(' ')[1])));
    }

    [Fact]
    public void After_a_quiet_interval_everything_is_written_again_and_nothing_is_kept_of_the_spell()
    {
        for (var i = 0; i < 50; i++)
        {
            LogFailed(Logger(Ours), i, new TimeoutException());
        }

        // the count, an interval without a line, and the end
        _time.Advance(Interval);
        _time.Advance(Interval);
        Assert.Equal(0, _time.ActiveTimers);

        _lines.Clear();
        LogFailed(Logger(Ours), 1, Thrown());
        LogFailed(Logger(Ours), 2, Thrown());
        Assert.Equal(2, _lines.Texts.Count);
        Assert.Contains("   at ", _lines.All[0].Exception, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_that_comes_now_and_then_is_always_written()
    {
        for (var i = 0; i < 40; i++)
        {
            LogFailed(Logger(Ours), i, null);
            _time.Advance(TimeSpan.FromSeconds(1.1));
        }

        Assert.Equal(40, _lines.Texts.Count);
    }

    [Fact]
    public void Other_events_exceptions_and_categories_have_limits_of_their_own()
    {
        for (var i = 0; i < 100; i++)
        {
            LogFailed(Logger(Ours), i, null);
            LogFailed(Logger(Ours), i, new TimeoutException());
            LogFailed(Logger(Library), i, null);
            Logger(Ours).LogWarning("Something else {Number}", i);
            Logger(Ours).LogError("{Kind}: {Number}", DayOfWeek.Monday, i);
            Logger(Ours).LogError("{Kind}: {Number}", DayOfWeek.Tuesday, i);
        }

        Assert.Equal(60, _lines.Texts.Count);
    }

    [Fact]
    public void A_spell_of_ours_has_one_stack_trace_and_libraries_have_none()
    {
        for (var i = 0; i < 3; i++)
        {
            LogFailed(Logger(Ours), i, Thrown());
            LogFailed(Logger(Library), i, Thrown());
        }

        var ours = _lines.All.Where(l => l.Category == Ours).Select(l => l.Exception).ToList();
        Assert.Contains("   at ", ours[0], StringComparison.Ordinal);
        string[] short3 = [.. ours[1..], .. _lines.All.Where(l => l.Category == Library).Select(l => l.Exception)];
        Assert.Equal(5, short3.Length);
        Assert.All(short3, text => Assert.Equal("InvalidOperationException: it broke <- TimeoutException: too late", text));
    }

    [Fact]
    public void What_the_operator_sets_wins()
    {
        _settings.Add(($"Logging:LogLevel:{Library}", "Debug"));
        _settings.Add(($"Logging:LogLevel:{Ours}", "Error"));
        for (var i = 0; i < 30; i++)
        {
            LogFailed(Logger(Library), i, Thrown());
            LogFailed(Logger(Ours), i, null);
        }

        Assert.Equal(30, _lines.Texts.Count);
        Assert.All(_lines.All, l => Assert.Equal((Library, true), (l.Category, l.Exception.Contains("   at ", StringComparison.Ordinal))));
        _time.Advance(Interval);
        Assert.Equal(30, _lines.Texts.Count);
    }

    [Fact]
    public void Without_a_limit_all_is_written()
    {
        _settings.Add(("Logs:Repeats", "0"));
        for (var i = 0; i < 30; i++)
        {
            LogFailed(Logger(Ours), i, null);
        }

        Assert.Equal(30, _lines.Texts.Count);
    }

    [Fact]
    public void Information_is_limited_for_libraries_and_us_and_not_for_code_of_the_host()
    {
        for (var i = 0; i < 30; i++)
        {
            Logger(Library).LogInformation("Configured {Number}", i);
            Logger(Ours).LogInformation("Serving {Number}", i);
            Logger("Shop.Orders").LogInformation("Order {Number}", i);
        }

        Assert.Equal([10, 10, 30], [.. _lines.All.CountBy(l => l.Category).Select(c => c.Value)]);
    }

    [Fact]
    public void What_was_counted_is_written_when_the_process_ends()
    {
        for (var i = 0; i < 15; i++)
        {
            LogFailed(Logger(Ours), i, null);
        }

        _services!.Dispose();
        Assert.Equal("Repeated 5 more times, not written: 901, Run {Number} failed.", _lines.Texts[^1]);
    }

    [Fact]
    public void Text_of_a_client_as_template_or_value_fills_neither_memory_nor_log()
    {
        for (var i = 0; i < 5_000; i++)
        {
            Logger(Library).LogWarning($"Bad header {i}");
        }

        Assert.True(_lines.Texts.Count < 100 + 10 + 1, $"{_lines.Texts.Count} lines");
        _lines.Clear();
        LogNamed(Logger(Ours), new string('x', 1_000_000));
        Assert.True(Assert.Single(_lines.Texts).Length < 5_000);
    }

    [Fact]
    public void Lines_that_a_rule_names_are_written_only_at_debug()
    {
        LogSent(Logger("MassTransit"), new OperationCanceledException());
        Assert.Empty(_lines.Texts);
        LogSent(Logger("MassTransit"), new TimeoutException());
        Assert.Single(_lines.Texts);
    }

    [Fact]
    public async Task Many_threads_lose_no_line_of_the_count()
    {
        var logger = Logger(Ours);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                LogFailed(logger, i, null);
            }
        })));
        _time.Advance(Interval);
        Assert.Equal(11, _lines.Texts.Count);
        Assert.Equal("Repeated 7990 more times, not written: 901, Run {Number} failed.", _lines.Texts[^1]);
    }

    public void Dispose() => _services?.Dispose();

    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("it\nbroke", new TimeoutException("too late"));
        }
        catch (InvalidOperationException e)
        {
            return e;
        }
    }

    private ILogger Logger(string category)
    {
        if (_services is null)
        {
            var configuration = new ConfigurationBuilder().AddInMemoryCollection(_settings.Select(s => KeyValuePair.Create(s.Item1, s.Item2))).Build();
            var services = new ServiceCollection();
            services.AddSingleton<IConfiguration>(configuration);
            services.AddSingleton<TimeProvider>(_time);
            services.AddLogging(logging => logging.AddConfiguration(configuration.GetSection("Logging")).AddProvider(_lines));
            services.AddBoundedLogging();
            services.AddQuietLogs(new QuietLogRule("MassTransit", (values, exception) =>
                exception is OperationCanceledException && values is [.., { Value: "S-FAULT {Address}" }]));
            _services = services.BuildServiceProvider();
        }

        return _services.GetRequiredService<ILoggerFactory>().CreateLogger(category);
    }

    [LoggerMessage(901, LogLevel.Warning, "Run {Number} failed.")]
    private static partial void LogFailed(ILogger logger, int number, Exception? exception);

    [LoggerMessage(902, LogLevel.Warning, "Client {Name} failed.")]
    private static partial void LogNamed(ILogger logger, string name);

    private static void LogSent(ILogger logger, Exception exception) => logger.LogError(exception, "S-FAULT {Address}", "queue");

    private sealed class Lines : ILoggerProvider
    {
        private readonly Lock _lock = new();
        private readonly List<(string Category, LogLevel Level, int EventId, string Text, string Exception)> _all = [];

        public IReadOnlyList<(string Category, LogLevel Level, int EventId, string Text, string Exception)> All
        {
            get
            {
                lock (_lock)
                {
                    return [.. _all];
                }
            }
        }

        public IReadOnlyList<string> Texts => [.. All.Select(l => l.Text)];

        public void Clear()
        {
            lock (_lock)
            {
                _all.Clear();
            }
        }

        public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName);

        public void Dispose()
        {
        }

        private sealed class Writer(Lines lines, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                lock (lines._lock)
                {
                    lines._all.Add((category, logLevel, eventId.Id, formatter(state, exception), exception?.ToString() ?? ""));
                }
            }
        }
    }
}
