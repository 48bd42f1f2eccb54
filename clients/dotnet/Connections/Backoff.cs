namespace StreamChat.Client.Connections;

/// <summary>
/// How long to wait before the next try: anything between nothing and a bound that doubles with every failure ("full jitter"), so that
/// those who were cut off together do not come back together.
/// </summary>
internal static class Backoff
{
    private static readonly TimeSpan AgainFirst = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AgainMost = TimeSpan.FromSeconds(5);

    public static TimeSpan After(int failures, TimeSpan first, TimeSpan most, Func<double> random)
    {
        var bound = Math.Min(first.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 30)), most.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(bound * random());
    }

    /// <summary>The pause before something is asked for again on a connection that is well: never none.</summary>
    public static TimeSpan BeforeAskingAgain(int refusals, Func<double> random) =>
        (AgainFirst / 2) + After(refusals, AgainFirst, AgainMost, random);
}
