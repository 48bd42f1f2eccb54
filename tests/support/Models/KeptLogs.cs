using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace StreamChat.TestSupport.Models;

/// <summary>Keeps everything that is logged, Debug and above, exceptions and all. Stays good when its host has gone.</summary>
public sealed class KeptLogs : ILoggerFactory
{
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>All of it.</summary>
    public string All => string.Join('\n', _lines);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                lines.Enqueue($"{logLevel} {category} {eventId.Id} {formatter(state, exception)} {exception}");
            }
        }
    }
}
