namespace StreamChat.Abuse.People;

/// <summary>A distribution of times in milliseconds, by nearest rank.</summary>
internal sealed record Distribution(double P50, double P99, double Max)
{
    public static Distribution Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        double At(double share) => sorted.Length == 0 ? 0 : Math.Round(sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)], 1);
        return new(At(0.5), At(0.99), At(1));
    }

    public override string ToString() => FormattableString.Invariant($"{P50:0} / {P99:0} / {Max:0}");
}
