using Microsoft.Extensions.Options;

namespace StreamChat.Gateway.Limits;

/// <summary>
/// How often somebody may ask: a bucket for each who has asked lately. One that is full again is dropped, since a new one would be
/// the same, so there are never more than were asked of in the time that filling takes.
/// </summary>
internal sealed class UserRates(IOptions<LimitsOptions> options, TimeProvider time)
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

    /// <summary>Asks once more.</summary>
    /// <param name="who">Who asks.</param>
    /// <returns>How long to wait; null when it may be.</returns>
    public TimeSpan? Take(string who)
    {
        var limits = options.Value;
        if (limits.Requests == 0)
        {
            return null;
        }

        TokenBucket? bucket;
        lock (_lock)
        {
            Sweep();
            if (!_buckets.TryGetValue(who, out bucket))
            {
                _buckets[who] = bucket = new TokenBucket(limits.Requests, limits.RequestsPerSecond, time);
            }

            // under the lock, or it might be dropped between
            return bucket.TryTake() ? null : bucket.UntilNext();
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
