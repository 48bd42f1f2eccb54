namespace StreamChat.Gateway.Runs;

/// <summary>The runs that one connection has in flight, counted against its limit.</summary>
internal sealed class ConnectionRuns
{
    private readonly Lock _lock = new();
    private Dictionary<Guid, TaskCompletionSource>? _runs;
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
            return (_runs ??= []).ContainsKey(runId)
                || (_runs.Count < limit && _runs.TryAdd(runId, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        }
    }

    public void Remove(Guid runId)
    {
        lock (_lock)
        {
            if (_runs is not null && _runs.Remove(runId, out var ended))
            {
                ended.SetResult();
            }
        }
    }

    /// <summary>Completes when the connection sees the run no more: it has ended, or one of the two has left.</summary>
    public Task WhenEndedAsync(Guid runId)
    {
        lock (_lock)
        {
            return _runs is not null && _runs.TryGetValue(runId, out var ended) ? ended.Task : Task.CompletedTask;
        }
    }

    public IReadOnlyList<Guid> All()
    {
        lock (_lock)
        {
            return _runs is null ? [] : [.. _runs.Keys];
        }
    }

    public IReadOnlyList<Guid> Clear()
    {
        lock (_lock)
        {
            List<Guid> runs = [];
            foreach (var (runId, ended) in _runs ?? [])
            {
                runs.Add(runId);
                ended.SetResult();
            }

            _runs = null;
            return runs;
        }
    }
}
