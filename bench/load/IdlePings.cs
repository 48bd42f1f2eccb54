namespace StreamChat.Load;

/// <summary>
/// Shows now and then, for all connections that only wait, that they are there. One after the other: thousands of clients never ping
/// at the same moment, and if they did, that would be what is measured.
/// </summary>
internal static class IdlePings
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    /// <param name="connections">Those that wait.</param>
    /// <param name="every">How often each of them pings; zero for never.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task SendAsync(
        IReadOnlyList<LoadConnection> connections, TimeSpan every, TimeProvider time, CancellationToken cancellationToken)
    {
        if (connections.Count == 0 || every == TimeSpan.Zero)
        {
            return;
        }

        try
        {
            using var timer = new PeriodicTimer(Tick, time);
            var started = time.GetTimestamp();
            var sent = 0L;
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                for (var due = (long)(time.GetElapsedTime(started) / every * connections.Count); sent < due; sent++)
                {
                    await connections[(int)(sent % connections.Count)].PingAsync(cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // the measurement is over
        }
    }
}
