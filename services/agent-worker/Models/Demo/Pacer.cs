using System.Threading.Tasks.Sources;

namespace StreamChat.AgentWorker.Models.Demo;

/// <summary>
/// Says when the next delta is due. Each has a deadline counted from the first, so that late timers do not add up; those that a
/// coarse timer made late come together. One timer serves all deltas, and waiting for one allocates nothing.
/// </summary>
internal sealed class Pacer : IValueTaskSource, IDisposable
{
    /// <summary>After so many deltas in a row the thread is given to others.</summary>
    private const int Burst = 64;

    private readonly Lock _lock = new();
    private readonly double _perSecond;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;
    private readonly long _started;
    private readonly CancellationTokenRegistration _stopped;
    private ManualResetValueTaskSourceCore<bool> _due;
    private ITimer? _timer;
    private TimeSpan _next;
    private bool _isWaited;
    private long _index;
    private int _burst;

    /// <summary>Begins now.</summary>
    /// <param name="perSecond">Deltas per second; 0 for as fast as they are asked for.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Ends the waiting.</param>
    public Pacer(double perSecond, TimeProvider time, CancellationToken stop)
    {
        _perSecond = perSecond;
        _time = time;
        _stop = stop;
        _started = time.GetTimestamp();
        _stopped = stop.UnsafeRegister(static pacer => ((Pacer)pacer!).Stop(), this);
    }

    /// <summary>Completes when the next delta is due; the first is due at once. Not to be called before the last one has completed.</summary>
    /// <exception cref="OperationCanceledException">It is to stop.</exception>
    public ValueTask NextAsync()
    {
        _stop.ThrowIfCancellationRequested();
        if (_perSecond > 0)
        {
            _next = TimeSpan.FromSeconds(_index++ / _perSecond);
            if (Remaining() is var remaining && remaining > TimeSpan.Zero)
            {
                return WaitAsync(remaining);
            }
        }

        return ++_burst < Burst ? ValueTask.CompletedTask : YieldAsync();
    }

    public void Dispose()
    {
        _stopped.Dispose();
        _timer?.Dispose();
    }

    void IValueTaskSource.GetResult(short token) => _due.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _due.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _due.OnCompleted(continuation, state, token, flags);

    private ValueTask WaitAsync(TimeSpan remaining)
    {
        _burst = 0;
        lock (_lock)
        {
            _due.Reset();
            _isWaited = true;
            _timer ??= _time.CreateTimer(static pacer => ((Pacer)pacer!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Set(remaining);
        }

        if (_stop.IsCancellationRequested)
        {
            Stop();
        }

        return new ValueTask(this, _due.Version);
    }

    private void Tick()
    {
        lock (_lock)
        {
            if (!_isWaited)
            {
                return;
            }

            if (Remaining() is var remaining && remaining > TimeSpan.Zero)
            {
                Set(remaining);
                return;
            }

            _isWaited = false;
        }

        _due.SetResult(true);
    }

    private void Stop()
    {
        lock (_lock)
        {
            if (!_isWaited)
            {
                return;
            }

            _isWaited = false;
        }

        _due.SetException(new OperationCanceledException(_stop));
    }

    // timers cut off fractions of a millisecond and would not wait at all
    private void Set(TimeSpan remaining) => _timer!.Change(TimeSpan.FromMilliseconds(Math.Ceiling(remaining.TotalMilliseconds)), Timeout.InfiniteTimeSpan);

    private async ValueTask YieldAsync()
    {
        _burst = 0;
        await Task.Yield();
    }

    private TimeSpan Remaining() => _next - _time.GetElapsedTime(_started);
}
