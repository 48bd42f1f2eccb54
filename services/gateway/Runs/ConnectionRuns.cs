namespace StreamChat.Gateway.Runs;

/// <summary>The runs that one connection has in flight, counted against its limit.</summary>
internal sealed class ConnectionRuns
{
    private readonly Lock _lock = new();
    private HashSet<Guid>? _runs;
    private bool _started;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _runs?.Count ?? 0;
            }
        }
    }

    /// <summary>True the first time it is asked.</summary>
    public bool TakeFirst()
    {
        lock (_lock)
        {
            return !_started && (_started = true);
        }
    }

    public bool TryAdd(Guid runId, int limit)
    {
        lock (_lock)
        {
            return (_runs ??= []).Contains(runId) || (_runs.Count < limit && _runs.Add(runId));
        }
    }

    public void Remove(Guid runId)
    {
        lock (_lock)
        {
            _runs?.Remove(runId);
        }
    }

    public IReadOnlyList<Guid> Clear()
    {
        lock (_lock)
        {
            var runs = _runs?.ToList() ?? [];
            _runs = null;
            return runs;
        }
    }
}
