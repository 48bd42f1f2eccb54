using System.Diagnostics;
using System.Globalization;

namespace StreamChat.FaultEngine.Clients;

/// <summary>What a client sent and received, for who looks into a failure. Bounded.</summary>
/// <param name="clock">Runs since the start of the schedule.</param>
public sealed class FrameLog(Stopwatch clock)
{
    private const int Most = 20_000;

    private readonly Lock _lock = new();
    private readonly Queue<(TimeSpan At, string Text)> _lines = new();

    /// <summary>Adds a line.</summary>
    public void Add(string text)
    {
        lock (_lock)
        {
            if (_lines.Count == Most)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue((clock.Elapsed, text));
        }
    }

    /// <summary>All lines, with their times.</summary>
    public IReadOnlyList<string> Lines()
    {
        lock (_lock)
        {
            return [.. _lines.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.At.TotalSeconds,8:0.000} {l.Text}"))];
        }
    }
}
