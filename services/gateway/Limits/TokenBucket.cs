namespace StreamChat.Gateway.Limits;

/// <summary>
/// Lets so many through at once and so many a second in the long run. The platform's own limiter knows no clock but the system's
/// and needs a timer each.
/// </summary>
internal sealed class TokenBucket(double capacity, double perSecond, TimeProvider time)
{
    private readonly Lock _lock = new();
    private double _tokens = capacity;
    private long _at = time.GetTimestamp();

    /// <summary>Nobody would notice if it were made anew.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock)
            {
                Refill();
                return _tokens >= capacity;
            }
        }
    }

    public bool TryTake()
    {
        lock (_lock)
        {
            Refill();
            if (_tokens < 1)
            {
                return false;
            }

            _tokens--;
            return true;
        }
    }

    /// <summary>How long until one can be taken, if nobody else does.</summary>
    public TimeSpan UntilNext()
    {
        lock (_lock)
        {
            Refill();
            return _tokens >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - _tokens) / perSecond);
        }
    }

    private void Refill()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(capacity, _tokens + (time.GetElapsedTime(_at, now).TotalSeconds * perSecond));
        _at = now;
    }
}
