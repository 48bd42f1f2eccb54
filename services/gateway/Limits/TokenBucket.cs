namespace StreamChat.Gateway.Limits;

/// <summary>
/// Lets so many through at once and so many a second in the long run. The platform's own limiter knows no clock but the system's
/// and needs a timer each.
/// </summary>
internal sealed class TokenBucket
{
    private readonly Lock _lock = new();
    private readonly double _capacity;
    private readonly double _perSecond;
    private readonly TimeProvider _time;
    private double _tokens;
    private long _at;

    /// <param name="capacity">How many at once.</param>
    /// <param name="perSecond">How many come back in a second.</param>
    /// <param name="time">The clock.</param>
    public TokenBucket(double capacity, double perSecond, TimeProvider time)
    {
        (_capacity, _perSecond, _time) = (capacity, perSecond, time);
        _tokens = capacity;
        _at = time.GetTimestamp();
    }

    /// <summary>Nobody would notice if it were made anew.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock)
            {
                Refill();
                return _tokens >= _capacity;
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

    /// <summary>Takes tokens even when the bucket does not hold them. It may go below zero, to minus its capacity at most, and refills as usual.</summary>
    public void Charge(double tokens)
    {
        lock (_lock)
        {
            Refill();
            _tokens = Math.Max(-_capacity, _tokens - tokens);
        }
    }

    /// <summary>How long until one can be taken, if nobody else does.</summary>
    public TimeSpan UntilNext()
    {
        lock (_lock)
        {
            Refill();
            return _tokens >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - _tokens) / _perSecond);
        }
    }

    private void Refill()
    {
        var now = _time.GetTimestamp();
        _tokens = Math.Min(_capacity, _tokens + (_time.GetElapsedTime(_at, now).TotalSeconds * _perSecond));
        _at = now;
    }
}
