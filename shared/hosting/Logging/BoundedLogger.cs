using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace StreamChat.Hosting.Logging;

/// <summary>
/// The logger of one category. Of each event at information or above the first lines of a spell are written, the rest is counted and the
/// count written once in an interval. Stack traces: none of libraries, one in a spell of others. The host's own code may log each request
/// as information, so that its limit begins at warning. A category at <see cref="LogLevel.Debug"/> is written in full.
/// </summary>
internal sealed partial class BoundedLogger(
    ILogger inner,
    string category,
    IReadOnlyList<QuietLogRule> quiet,
    int repeats,
    long interval,
    Func<long> timestamp,
    Action onSpell,
    Counter<long> counted) : ILogger
{
    // event ids and templates come from code, but code may pass text of a client as a template
    private const int MostSpells = 100;

    // a value of a client may be as long as a frame
    private const int MostCharacters = 4_096;

    private const string TemplateName = "{OriginalFormat}";

    private static readonly string[] LibraryPrefixes =
        ["MassTransit", "Microsoft.", "System.", "Yarp.", "Npgsql", "RabbitMQ", "OpenTelemetry", "ModelContextProtocol", "OpenAI", "Anthropic"];

    private readonly bool _isLibrary = Array.Exists(LibraryPrefixes, prefix => category.StartsWith(prefix, StringComparison.Ordinal));
    private readonly LogLevel _lowest =
        Array.Exists([.. LibraryPrefixes, "StreamChat."], prefix => category.StartsWith(prefix, StringComparison.Ordinal)) ? LogLevel.Information : LogLevel.Warning;

    private readonly Dictionary<SpellKey, LogSpell> _spells = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (repeats == 0
            || logLevel < _lowest
            || !inner.IsEnabled(logLevel)
            || inner.IsEnabled(LogLevel.Debug))
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
            return;
        }

        var values = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        if (quiet.Any(rule => rule.Matches(values, exception)))
        {
            return;
        }

        var now = timestamp();
        var spell = FindSpell(eventId, values, exception, now);
        var wantsTrace = exception is not null && !_isLibrary;
        var writes = spell.TryWrite(now, logLevel, ref wantsTrace, out var elapsed);
        WriteCount(spell, elapsed);
        if (writes)
        {
            inner.Log(
                logLevel,
                eventId,
                state,
                exception is null || wantsTrace ? exception : new ExceptionSummary(exception),
                (s, e) => Cut(formatter(s, e)));
        }
    }

    /// <summary>Writes the counts of intervals that have passed, and forgets spells that have ended.</summary>
    /// <param name="now">The current timestamp.</param>
    /// <param name="force">At the end of the process: also the counts of the current interval.</param>
    /// <returns>Whether there is a spell left.</returns>
    public bool WriteCounts(long now, bool force)
    {
        List<(LogSpell Spell, LogCount Count)> counts = [];
        bool isActive;
        lock (_spells)
        {
            foreach (var (key, spell) in _spells)
            {
                counts.Add((spell, spell.TakeCount(now, force, out var isOver)));
                if (isOver)
                {
                    _spells.Remove(key);
                }
            }

            isActive = _spells.Count > 0;
        }

        foreach (var (spell, count) in counts)
        {
            WriteCount(spell, count);
        }

        return isActive;
    }

    private LogSpell FindSpell(EventId eventId, IReadOnlyList<KeyValuePair<string, object?>> values, Exception? exception, long now)
    {
        var template = values is [.., { Key: TemplateName, Value: string text }] ? Cut(text) : null;

        // libraries report different faults by one event and tell them apart by an enumeration or the exception
        var kind = values is [{ Value: Enum value }, ..] ? value : null;
        var key = new SpellKey(eventId.Id, eventId.Id == 0 ? template : null, kind, exception?.GetType());
        lock (_spells)
        {
            if (_spells.TryGetValue(key, out var spell))
            {
                return spell;
            }

            if (_spells.Count >= MostSpells)
            {
                key = default;
                if (_spells.TryGetValue(key, out spell))
                {
                    return spell;
                }

                template = "various events";
            }

            spell = new LogSpell(Name(key, template), repeats, interval, now);
            _spells.Add(key, spell);
            onSpell();
            return spell;
        }
    }

    private static string Cut(string text) => text.Length <= MostCharacters ? text : string.Concat(text.AsSpan(0, MostCharacters), "…");

    private static string Name(SpellKey key, string? template)
    {
        var parts = new[] { key.EventId == 0 ? null : key.EventId.ToString(CultureInfo.InvariantCulture), template, key.Kind?.ToString(), key.Exception?.Name };
        var name = string.Join(", ", parts.Where(part => part is not null));
        return name.Length <= 200 ? name : name[..200] + "…";
    }

    private void WriteCount(LogSpell spell, LogCount count)
    {
        if (count.Lines > 0)
        {
            counted.Add(count.Lines);
            LogRepeats(inner, count.Level, count.Lines, spell.Name);
        }
    }

    [LoggerMessage(EventId = 7050, Message = "Repeated {Count} more times, not written: {Event}")]
    private static partial void LogRepeats(ILogger logger, LogLevel level, long count, string @event);

    private readonly record struct SpellKey(int EventId, string? Template, Enum? Kind, Type? Exception);
}
