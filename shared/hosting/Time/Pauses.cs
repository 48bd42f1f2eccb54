namespace StreamChat.Hosting.Time;

/// <summary>Pauses between tries.</summary>
public static class Pauses
{
    /// <summary>Twice as long, but no longer than <paramref name="longest"/>.</summary>
    public static TimeSpan DoubledUpTo(this TimeSpan pause, TimeSpan longest) => pause < longest / 2 ? pause * 2 : longest;
}
