namespace StreamChat.Gateway.Limits;

/// <summary>
/// How fast one connection is read (<see cref="LimitsOptions.Frames"/>): a client that sends frames faster is read later, so that the
/// network holds it up. Nothing is rejected or lost, and a flood costs the server no more than its allowed rate.
/// </summary>
/// <param name="frames">How many frames at once.</param>
/// <param name="perSecond">How many come back in a second.</param>
/// <param name="time">The clock.</param>
/// <param name="telemetry">Counts the pauses.</param>
internal sealed class FramePace(int frames, double perSecond, TimeProvider time, GatewayTelemetry telemetry)
{
    // a pause is long enough for several frames, so that a flood does not cost a timer for each
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    private const double ReadCost = 0.05;

    private readonly TokenBucket _bucket = new(frames, perSecond, time);

    /// <summary>Counts a frame of the client, or a pong that it made the server send.</summary>
    public void Count() => _bucket.Charge(1);

    /// <summary>
    /// Counts a read of the network: some frames, such as pongs that nobody asked for, are seen by nobody else. A read takes a few small frames or a
    /// part of a large one.
    /// </summary>
    public void CountRead() => _bucket.Charge(ReadCost);

    /// <summary>How long to pause before more is read. Zero as a rule.</summary>
    public TimeSpan Pause()
    {
        var wait = _bucket.UntilNext();
        return wait <= TimeSpan.Zero ? TimeSpan.Zero : wait < ShortestPause ? ShortestPause : wait;
    }

    /// <summary>Waits as long as <see cref="Pause"/> said.</summary>
    public Task WaitAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        telemetry.LimitReached("frames");
        return Task.Delay(pause, time, cancellationToken);
    }
}
