using Microsoft.Extensions.Options;

namespace StreamChat.Gateway.Limits;

/// <summary>
/// The memory of incomplete client messages, over all connections of this process. At the limit
/// (<see cref="LimitsOptions.UnreadBytes"/>) it closes the connections with the most bytes times age until the rest fits, so that a
/// client that sends at a normal pace does not pay for those that stall.
/// </summary>
internal sealed class UnreadBytes(IOptions<LimitsOptions> options, TimeProvider time, GatewayTelemetry telemetry)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Share> _shares = [];
    private readonly List<Growth> _waiting = [];
    private long _held;
    private long _leaving;

    /// <summary>How much is held now, in bytes; for tests.</summary>
    public long Held
    {
        get
        {
            lock (_lock)
            {
                return _held;
            }
        }
    }

    /// <summary>Accounts for a message that has begun. Never waits; at the limit it may close a connection, this one too.</summary>
    /// <param name="bytes">The size of its buffer.</param>
    /// <param name="evict">Closes the connection; called once at most, not under a lock.</param>
    public Share Begin(int bytes, Action evict)
    {
        var share = new Share(this, evict, time.GetTimestamp());
        List<Share> evicted;
        lock (_lock)
        {
            _shares.Add(share);
            Add(share, bytes);
            evicted = Evict(_waiting.Sum(w => (long)w.Bytes));
        }

        evicted.ForEach(Close);
        return share;
    }

    private ValueTask<bool> GrowAsync(Share share, int bytes, CancellationToken cancellationToken)
    {
        List<Share> evicted;
        Growth? growth = null;
        lock (_lock)
        {
            if (share.IsLeaving || share.IsDisposed)
            {
                return ValueTask.FromResult(false);
            }

            if (_waiting.Count == 0 && Fits(bytes))
            {
                Add(share, bytes);
                return ValueTask.FromResult(true);
            }

            evicted = Evict(bytes + _waiting.Sum(w => (long)w.Bytes));
            if (!share.IsLeaving)
            {
                growth = new Growth(share, bytes);
                _waiting.Add(growth);
            }
        }

        evicted.ForEach(Close);
        return growth is null ? ValueTask.FromResult(false) : WaitAsync(growth, cancellationToken);
    }

    private async ValueTask<bool> WaitAsync(Growth growth, CancellationToken cancellationToken)
    {
        try
        {
            return await growth.Granted.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (_lock)
            {
                _waiting.Remove(growth);
            }
        }
    }

    private void End(Share share)
    {
        lock (_lock)
        {
            if (share.IsDisposed)
            {
                return;
            }

            share.IsDisposed = true;
            _shares.Remove(share);
            _held -= share.Bytes;
            _leaving -= share.IsLeaving ? share.Bytes : 0;
            telemetry.Unread(-share.Bytes);
            while (_waiting is [var next, ..] && Fits(next.Bytes))
            {
                _waiting.RemoveAt(0);
                if (!next.Share.IsDisposed && next.Granted.TrySetResult(true))
                {
                    Add(next.Share, next.Bytes);
                }
            }
        }
    }

    private bool Fits(int bytes) => _held + bytes <= options.Value.UnreadBytes;

    private void Add(Share share, int bytes)
    {
        share.Bytes += bytes;
        _held += bytes;
        _leaving += share.IsLeaving ? bytes : 0;
        telemetry.Unread(bytes);
    }

    /// <summary>Marks messages for eviction until the remaining ones and the bytes asked for fit.</summary>
    private List<Share> Evict(long wanted)
    {
        List<Share> evicted = [];
        while (_held - _leaving + wanted > options.Value.UnreadBytes
            && _shares.Where(s => !s.IsLeaving).MaxBy(s => s.Bytes * (time.GetElapsedTime(s.BeganAt).TotalMilliseconds + 1)) is { } worst)
        {
            worst.IsLeaving = true;
            _leaving += worst.Bytes;
            evicted.Add(worst);
            foreach (var growth in _waiting.Where(w => w.Share == worst))
            {
                wanted -= growth.Bytes;
                growth.Granted.TrySetResult(false);
            }

            _waiting.RemoveAll(w => w.Share == worst);
        }

        return evicted;
    }

    private void Close(Share share)
    {
        telemetry.LimitReached("unread_bytes");
        share.Evict();
    }

    /// <summary>The memory of one incomplete message. To be disposed when its buffer is released.</summary>
    internal sealed class Share(UnreadBytes owner, Action evict, long beganAt) : IDisposable
    {
        private long _held;

        /// <summary>When the message began, a <see cref="TimeProvider"/> timestamp, later by the time for which this process did not read it.</summary>
        public long BeganAt => beganAt + Volatile.Read(ref _held);

        internal long Bytes { get; set; }

        internal bool IsLeaving { get; set; }

        internal bool IsDisposed { get; set; }

        /// <summary>Reserves memory for a larger buffer before it is allocated. At the limit it waits until evicted messages are released.</summary>
        /// <param name="bytes">By how much the buffer grows.</param>
        /// <param name="cancellationToken">Gives up.</param>
        /// <returns>False when this message was evicted: its connection is being closed.</returns>
        public ValueTask<bool> GrowAsync(int bytes, CancellationToken cancellationToken) => owner.GrowAsync(this, bytes, cancellationToken);

        /// <summary>Excludes a time for which this process did not read the message, in units of <see cref="TimeProvider"/> timestamps.</summary>
        public void Exclude(long elapsed) => Interlocked.Add(ref _held, elapsed);

        public void Dispose() => owner.End(this);

        internal void Evict() => evict();
    }

    private sealed record Growth(Share Share, int Bytes)
    {
        public TaskCompletionSource<bool> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
