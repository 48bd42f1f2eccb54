namespace StreamChat.Load;

/// <summary>Keeps every measured time, so that percentiles are exact. Microseconds. For one writer.</summary>
/// <param name="capacity">The most that will be recorded.</param>
internal sealed class Recorder(int capacity)
{
    private readonly long[] _values = new long[capacity];
    private int _count;

    public ReadOnlySpan<long> Values => _values.AsSpan(0, _count);

    public void Add(long microseconds) => _values[_count++] = microseconds;

    /// <summary>The distribution of all that several recorders hold, in milliseconds; zeros when they hold nothing.</summary>
    public static Distribution Merge(IReadOnlyList<Recorder> recorders)
    {
        var all = new long[recorders.Sum(r => r._count)];
        var at = 0;
        foreach (var recorder in recorders)
        {
            recorder.Values.CopyTo(all.AsSpan(at));
            at += recorder._count;
        }

        Array.Sort(all);
        return new(Milliseconds(Percentile(all, 50)), Milliseconds(Percentile(all, 99)), Milliseconds(Percentile(all, 100)));
    }

    /// <summary>The nearest-rank percentile: the smallest value that <paramref name="percent"/> % of all do not exceed.</summary>
    /// <param name="sorted">Values in rising order.</param>
    /// <param name="percent">Above 0, up to 100.</param>
    public static long Percentile(ReadOnlySpan<long> sorted, double percent) =>
        sorted.IsEmpty ? 0 : sorted[Math.Max(0, (int)Math.Ceiling(percent / 100 * sorted.Length) - 1)];

    private static double Milliseconds(long microseconds) => Math.Round(microseconds / 1000.0, 3);
}

/// <summary>A distribution in milliseconds.</summary>
internal sealed record Distribution(double P50, double P99, double Max);
