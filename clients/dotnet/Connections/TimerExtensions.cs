namespace StreamChat.Client.Connections;

/// <summary>Timers that are due once.</summary>
internal static class TimerExtensions
{
    /// <summary>Is due after a time, whatever was said before.</summary>
    public static void Start(this ITimer timer, TimeSpan wait) => timer.Change(wait, Timeout.InfiniteTimeSpan);

    /// <summary>Is not due any more.</summary>
    public static void Stop(this ITimer timer) => timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
