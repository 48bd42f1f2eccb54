using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Telemetry;

namespace StreamChat.Hosting.Logging;

/// <summary>
/// The logger factory of a process, in front of all providers (console, OTLP). Bounds what a fault that repeats can write, because clients
/// can cause faults: see <see cref="BoundedLogger"/>.
/// </summary>
internal sealed class BoundedLoggerFactory : ILoggerFactory
{
    private readonly ILoggerFactory _inner;
    private readonly LogOptions _options;
    private readonly IReadOnlyList<QuietLogRule> _quiet;
    private readonly TimeProvider _time;
    private readonly long _interval;
    private readonly Counter<long> _counted;
    private readonly ConcurrentDictionary<string, BoundedLogger> _loggers = new(StringComparer.Ordinal);
    private readonly ITimer _timer;
    private int _timerRuns;

    public BoundedLoggerFactory(ILoggerFactory inner, IOptions<LogOptions> options, IEnumerable<QuietLogRule> quiet, IMeterFactory meters, TimeProvider time)
    {
        _inner = inner;
        _options = options.Value;
        _quiet = [.. quiet];
        _time = time;
        _interval = (long)(_options.Interval.TotalSeconds * time.TimestampFrequency);
        _counted = meters.Create(TelemetryRegistration.SourcePrefix + "Logs").CreateCounter<long>(
            "streamchat.logs.counted", "{line}", "Log lines that were counted instead of written because their event repeats.");
        _timer = time.CreateTimer(_ => Sweep(force: false), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, CreateBounded);

    public void AddProvider(ILoggerProvider provider) => _inner.AddProvider(provider);

    public void Dispose()
    {
        _timer.Dispose();
        Sweep(force: true);
        _inner.Dispose();
    }

    private BoundedLogger CreateBounded(string category) => new(
        _inner.CreateLogger(category),
        category,
        [.. _quiet.Where(rule => category.StartsWith(rule.CategoryPrefix, StringComparison.Ordinal))],
        _options.Repeats,
        _interval,
        _time.GetTimestamp,
        StartTimer,
        _counted);

    private void StartTimer()
    {
        if (Interlocked.Exchange(ref _timerRuns, 1) == 0)
        {
            _timer.Change(_options.Interval, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Writes the counts of intervals that have passed, and goes on as long as there is a spell.</summary>
    private void Sweep(bool force)
    {
        // before the look, so that a spell that begins during it starts the timer again
        Volatile.Write(ref _timerRuns, 0);
        var timestamp = _time.GetTimestamp();
        var isActive = false;
        foreach (var logger in _loggers.Values)
        {
            isActive |= logger.WriteCounts(timestamp, force);
        }

        if (isActive && !force)
        {
            StartTimer();
        }
    }
}
