using Microsoft.Extensions.Options;

namespace StreamChat.Gateway.Limits;

/// <summary>How often somebody may ask (<see cref="LimitsOptions.Requests"/>).</summary>
internal sealed class UserRates(IOptions<LimitsOptions> options, TimeProvider time)
{
    // how many times more often a client may send what costs neither a question nor a row, such as a ping
    private const int FreeFactor = 10;

    private readonly TokenBuckets _buckets = new(time);

    public int Count => _buckets.Count;

    /// <summary>Asks once more.</summary>
    /// <param name="who">Who asks.</param>
    /// <returns>How long to wait; null when it may be.</returns>
    public TimeSpan? Take(string who) => Take(who, 1);

    /// <summary>Sends one more of the frames that are answered from memory, or not at all.</summary>
    /// <returns>How long to wait; null when it may be.</returns>
    public TimeSpan? TakeFree(string who) => Take(who, FreeFactor);

    /// <summary>Counts a request that was served as several: it cost a question and found nothing.</summary>
    /// <param name="who">Who asked.</param>
    public void FoundNothing(string who) => _buckets.Charge(who, options.Value.UnknownCost - 1);

    private TimeSpan? Take(string who, int factor) =>
        options.Value is { Requests: > 0 } limits ? _buckets.Take(who, limits.Requests * factor, limits.RequestsPerSecond * factor) : null;
}
