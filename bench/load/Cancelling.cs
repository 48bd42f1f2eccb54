namespace StreamChat.Load;

/// <summary>Stops a run in the middle, and measures how soon that was heeded.</summary>
/// <param name="after">How many tokens it lets come first.</param>
/// <param name="time">The clock.</param>
internal sealed class Cancelling(int after, TimeProvider time)
{
    private long _sentAt;
    private long _sentMicroseconds;
    private long _lastEmitted;

    /// <summary>From the request to the end of the run; empty unless it ended so.</summary>
    public Recorder TimeToEnd { get; } = new(1);

    /// <summary>From the request to the emission of the last token that came all the same; empty unless it ended so.</summary>
    public Recorder Overrun { get; } = new(1);

    /// <summary>Whether the run ended so.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Whether it is time to ask; true once.</summary>
    /// <param name="received">How many tokens have come.</param>
    public bool IsDue(int received)
    {
        if (_sentAt != 0 || received < after)
        {
            return false;
        }

        _sentAt = time.GetTimestamp();
        _sentMicroseconds = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return true;
    }

    /// <summary>A token has come.</summary>
    public void Emitted(long microseconds) => _lastEmitted = microseconds;

    /// <summary>The run was ended by what its user asked for.</summary>
    public void Done()
    {
        if (_sentAt != 0)
        {
            IsDone = true;
            TimeToEnd.Add((long)time.GetElapsedTime(_sentAt).TotalMicroseconds);
            Overrun.Add(Math.Max(0, _lastEmitted - _sentMicroseconds));
        }
    }
}
