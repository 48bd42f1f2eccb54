namespace StreamChat.Gateway.Runs;

/// <summary>A conversation: of a user, or of a room when no user is named. Users name their threads as they like, each for themselves.</summary>
internal readonly record struct ThreadKey(string? UserId, string ThreadId)
{
    /// <summary>The conversation that a run belongs to.</summary>
    public static ThreadKey Of(string userId, string threadId, string? roomId) => new(roomId is null ? userId : null, threadId);
}

/// <summary>The threads that one connection has joined.</summary>
internal sealed class ConnectionThreads
{
    private readonly Lock _lock = new();
    private Dictionary<ThreadKey, ThreadRights>? _threads;
    private SemaphoreSlim? _turn;
    private int _version;
    private bool _closed;

    /// <summary>Held by who joins or leaves rooms for the connection: one at a time.</summary>
    public SemaphoreSlim Turn => LazyInitializer.EnsureInitialized(ref _turn, () => new SemaphoreSlim(1, 1));

    /// <summary>Changes with every change.</summary>
    public int Version => Volatile.Read(ref _version);

    public bool Contains(ThreadKey thread)
    {
        lock (_lock)
        {
            return _threads?.ContainsKey(thread) == true;
        }
    }

    /// <summary>What the connection may do there; null when it has not joined.</summary>
    public ThreadRights? RightsIn(ThreadKey thread)
    {
        lock (_lock)
        {
            return _threads is not null && _threads.TryGetValue(thread, out var rights) ? rights : null;
        }
    }

    public IReadOnlyList<ThreadKey> All()
    {
        lock (_lock)
        {
            return _threads is null ? [] : [.. _threads.Keys];
        }
    }

    /// <returns>False when there are as many as there may be, or the connection is gone.</returns>
    public bool TryAdd(ThreadKey thread, ThreadRights rights, int limit)
    {
        lock (_lock)
        {
            _version++;
            if (_closed || (!(_threads ??= []).ContainsKey(thread) && _threads.Count >= limit))
            {
                return false;
            }

            _threads[thread] = rights;
            return true;
        }
    }

    public bool Remove(ThreadKey thread)
    {
        lock (_lock)
        {
            _version++;
            return _threads?.Remove(thread) == true;
        }
    }

    /// <summary>The connection is gone: it joins nothing any more.</summary>
    /// <returns>What it had joined.</returns>
    public IReadOnlyList<ThreadKey> Close()
    {
        lock (_lock)
        {
            _version++;
            _closed = true;
            IReadOnlyList<ThreadKey> threads = _threads is null ? [] : [.. _threads.Keys];
            _threads = null;
            return threads;
        }
    }
}
