namespace StreamChat.Gateway.Limits;

/// <summary>
/// A bucket for each client that has asked lately. A full one is dropped, since a new one would be the same. So there are never more
/// than clients that asked in the time that it takes to fill one, and in one sweep interval.
/// </summary>
internal sealed class TokenBuckets(TimeProvider time)
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, TokenBucket> _buckets = new(StringComparer.Ordinal);
    private long _sweptAt = time.GetTimestamp();

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _buckets.Count;
            }
        }
    }

    /// <summary>Takes from a bucket.</summary>
    /// <param name="who">Whose.</param>
    /// <param name="capacity">How many it holds, if it is new.</param>
    /// <param name="perSecond">How many come back in a second, if it is new.</param>
    /// <param name="cost">How many to take. The bucket must hold one; for the rest it may go below zero.</param>
    /// <returns>How long to wait; null when they were taken.</returns>
    public TimeSpan? Take(string who, double capacity, double perSecond, int cost = 1)
    {
        lock (_lock)
        {
            Sweep();
            if (!_buckets.TryGetValue(who, out var bucket))
            {
                _buckets[who] = bucket = new TokenBucket(capacity, perSecond, time);
            }

            // under the lock, or it might be dropped between
            if (!bucket.TryTake())
            {
                return bucket.UntilNext();
            }

            bucket.Charge(cost - 1);
            return null;
        }
    }

    /// <summary>Takes more for a request that was served already; the bucket may go below zero.</summary>
    public void Charge(string who, int cost)
    {
        lock (_lock)
        {
            if (_buckets.TryGetValue(who, out var bucket))
            {
                bucket.Charge(cost);
            }
        }
    }

    private void Sweep()
    {
        if (time.GetElapsedTime(_sweptAt) < SweepInterval)
        {
            return;
        }

        _sweptAt = time.GetTimestamp();
        foreach (var (who, _) in _buckets.Where(b => b.Value.IsFull))
        {
            _buckets.Remove(who);
        }
    }
}
