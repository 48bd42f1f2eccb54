namespace StreamChat.Gateway.Runs;

/// <summary>The runs that one connection sees: those that it asked for, and those that it views, each counted against their own limit.</summary>
internal sealed class ConnectionRuns
{
    // the word that a run has begun may come after its end, by milliseconds
    private const int EndedKept = 32;

    private readonly Lock _lock = new();
    private Dictionary<Guid, Entry>? _runs;
    private Queue<Guid>? _ended;
    private bool _started;
    private bool _closed;

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

    /// <summary>Adds a run that it asks for.</summary>
    public bool TryAdd(Guid runId, int limit) => TryAdd(runId, limit, asked: true);

    /// <summary>Adds a run that it views.</summary>
    public bool TryView(Guid runId, int limit) => TryAdd(runId, limit, asked: false);

    public bool Contains(Guid runId)
    {
        lock (_lock)
        {
            return _runs?.ContainsKey(runId) == true;
        }
    }

    /// <summary>Whether it sees the run, or has lately seen it to its end.</summary>
    public bool Knows(Guid runId)
    {
        lock (_lock)
        {
            return _runs?.ContainsKey(runId) == true || _ended?.Contains(runId) == true;
        }
    }

    /// <summary>It has seen the run to its end.</summary>
    public void End(Guid runId)
    {
        lock (_lock)
        {
            _ended ??= new Queue<Guid>();
            if (_ended.Count == EndedKept)
            {
                _ended.Dequeue();
            }

            _ended.Enqueue(runId);
            Remove(runId);
        }
    }

    public void Remove(Guid runId)
    {
        lock (_lock)
        {
            if (_runs is not null && _runs.Remove(runId, out var run))
            {
                run.Ended.SetResult();
            }
        }
    }

    /// <summary>Completes when the connection sees the run no more: it has ended, or one of the two has left.</summary>
    public Task WhenEndedAsync(Guid runId)
    {
        lock (_lock)
        {
            return _runs is not null && _runs.TryGetValue(runId, out var run) ? run.Ended.Task : Task.CompletedTask;
        }
    }

    /// <summary>Those that it asked for.</summary>
    public IReadOnlyList<Guid> All() => Where(run => run.Asked);

    /// <summary>Those that it views.</summary>
    public IReadOnlyList<Guid> Viewed() => Where(run => !run.Asked);

    /// <summary>The connection is gone: it sees nothing any more.</summary>
    /// <returns>What it saw.</returns>
    public IReadOnlyList<Guid> Close()
    {
        lock (_lock)
        {
            List<Guid> runs = [];
            foreach (var (runId, run) in _runs ?? [])
            {
                runs.Add(runId);
                run.Ended.SetResult();
            }

            _runs = null;
            _closed = true;
            return runs;
        }
    }

    private bool TryAdd(Guid runId, int limit, bool asked)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            _runs ??= [];
            if (_runs.TryGetValue(runId, out var known))
            {
                known.Asked |= asked;
                return true;
            }

            return _runs.Values.Count(run => run.Asked == asked) < limit && _runs.TryAdd(runId, new Entry { Asked = asked });
        }
    }

    private List<Guid> Where(Func<Entry, bool> which)
    {
        lock (_lock)
        {
            return _runs is null ? [] : [.. _runs.Where(run => which(run.Value)).Select(run => run.Key)];
        }
    }

    private sealed class Entry
    {
        public readonly TaskCompletionSource Ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Asked;
    }
}
