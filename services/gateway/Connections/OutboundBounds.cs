namespace StreamChat.Gateway.Connections;

/// <summary>How much may wait for one connection.</summary>
/// <param name="Bytes">While its client reads: a burst.</param>
/// <param name="MergeBytes">From here on neighbouring text is merged.</param>
/// <param name="StalledBytes">Once its client reads too slowly to take what was sent last.</param>
/// <param name="StalledAfter">How long the last frames must be on their way for that.</param>
internal readonly record struct OutboundBounds(int Bytes, int MergeBytes, int StalledBytes, TimeSpan StalledAfter)
{
    /// <summary>The share of <see cref="Bytes"/> from which on runs leave out what they say: what is not a run's still fits.</summary>
    public const double Held = 0.5;

    /// <summary>The share down to which it must have been sent before they go on.</summary>
    public const double Drained = 0.125;

    public static OutboundBounds Of(LimitsOptions limits) => new(limits.OutboundBytes, limits.MergeBytes, limits.StalledBytes, limits.StalledAfter);
}
