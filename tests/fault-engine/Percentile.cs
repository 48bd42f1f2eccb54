namespace StreamChat.FaultEngine;

/// <summary>Percentiles of times.</summary>
public static class Percentile
{
    /// <summary>The time that so many percent do not exceed; zero of none.</summary>
    public static TimeSpan Of(IReadOnlyCollection<TimeSpan> times, int percent)
    {
        ArgumentNullException.ThrowIfNull(times);
        return times.Count == 0 ? TimeSpan.Zero : times.Order().ElementAt(Math.Max(0, (int)Math.Ceiling(times.Count * percent / 100.0) - 1));
    }
}
