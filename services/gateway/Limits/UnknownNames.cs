namespace StreamChat.Gateway.Limits;

/// <summary>
/// Runs and rooms that users asked for and that did not exist, so that asking again at once costs no question. Kept for a second, so
/// that one created meanwhile is found soon, and bounded in number.
/// </summary>
internal sealed class UnknownNames(TimeProvider time)
{
    /// <summary>How long a name is remembered.</summary>
    internal static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);

    /// <summary>How many are remembered at most; the oldest go first.</summary>
    internal const int Most = 16 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string UserId, string Name), long> _since = [];
    private readonly Queue<((string UserId, string Name) Key, long At)> _order = new();

    /// <summary>Whether it did not exist a moment ago.</summary>
    public bool Has(string userId, string name)
    {
        lock (_lock)
        {
            return _since.TryGetValue((userId, name), out var at) && time.GetElapsedTime(at) < Kept;
        }
    }

    /// <summary>Remembers that it does not exist.</summary>
    public void Add(string userId, string name)
    {
        lock (_lock)
        {
            while (_order.TryPeek(out var oldest) && (_order.Count >= Most || time.GetElapsedTime(oldest.At) >= Kept))
            {
                _order.Dequeue();
                if (_since.TryGetValue(oldest.Key, out var at) && at == oldest.At)
                {
                    _since.Remove(oldest.Key);
                }
            }

            var now = time.GetTimestamp();
            _since[(userId, name)] = now;
            _order.Enqueue(((userId, name), now));
        }
    }

    /// <summary>Forgets it, since it exists now.</summary>
    public void Forget(string userId, string name)
    {
        lock (_lock)
        {
            _since.Remove((userId, name));
        }
    }
}
