using Microsoft.Extensions.Logging;

namespace StreamChat.Hosting.Logging;

/// <summary>How many lines of a spell were counted instead of written, and the highest level of them.</summary>
internal readonly record struct LogCount(long Lines, LogLevel Level);

/// <summary>
/// The lines of one event, from the first one until an interval passes without any. An interval writes up to a limit and counts the rest;
/// after an interval that had to count, the next one writes a single line, as an example. Thread-safe.
/// </summary>
/// <param name="name">The event in words, for the line that has the count.</param>
/// <param name="repeats">How many lines of an interval are written.</param>
/// <param name="interval">How long an interval is, in timestamp ticks.</param>
/// <param name="now">The timestamp of the first line.</param>
internal sealed class LogSpell(string name, int repeats, long interval, long now)
{
    private readonly Lock _lock = new();
    private readonly int _repeats = repeats;
    private readonly long _interval = interval;
    private long _intervalEnd = now + interval;
    private int _left = repeats;
    private bool _hadLine;
    private bool _traced;
    private LogCount _counted;

    /// <summary>The event in words.</summary>
    public string Name => name;

    /// <summary>Decides whether a line is written.</summary>
    /// <param name="timestamp">The time of the line.</param>
    /// <param name="level">Its level.</param>
    /// <param name="wantsTrace">Whether it has a stack trace that is worth writing; false when an earlier line of the spell has written one.</param>
    /// <param name="elapsed">The count of the interval before, when this line begins a new one.</param>
    /// <returns>True to write it.</returns>
    public bool TryWrite(long timestamp, LogLevel level, ref bool wantsTrace, out LogCount elapsed)
    {
        lock (_lock)
        {
            elapsed = timestamp >= _intervalEnd ? NextInterval(timestamp) : default;
            _hadLine = true;
            if (_left == 0)
            {
                _counted = new LogCount(_counted.Lines + 1, level > _counted.Level ? level : _counted.Level);
                return false;
            }

            _left--;
            wantsTrace &= !_traced;
            _traced |= wantsTrace;
            return true;
        }
    }

    /// <summary>Takes the count of an interval that has passed; with <paramref name="force"/> also that of the current one.</summary>
    /// <param name="timestamp">The current time.</param>
    /// <param name="force">At the end of the process.</param>
    /// <param name="isOver">Whether the spell has ended: the interval had no line.</param>
    public LogCount TakeCount(long timestamp, bool force, out bool isOver)
    {
        lock (_lock)
        {
            var hasPassed = timestamp >= _intervalEnd;
            isOver = hasPassed && !_hadLine;
            return hasPassed || force ? NextInterval(timestamp) : default;
        }
    }

    private LogCount NextInterval(long timestamp)
    {
        var counted = _counted;
        _left = counted.Lines > 0 ? 1 : _repeats;
        _counted = default;
        _hadLine = false;
        _intervalEnd = timestamp + _interval;
        return counted;
    }
}
