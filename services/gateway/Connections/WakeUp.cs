using System.Threading.Tasks.Sources;

namespace StreamChat.Gateway.Connections;

/// <summary>
/// Wakes one waiter, once, however often it was called since. Waiting again costs no allocation and no registration of a token: one
/// of these is waited for with every token of every stream.
/// </summary>
internal sealed class WakeUp : IValueTaskSource
{
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private bool _isSet;
    private bool _isWaited;

    /// <summary>Wakes the waiter, or the next one at once. Its continuation runs elsewhere.</summary>
    public void Set()
    {
        lock (_lock)
        {
            if (!_isWaited)
            {
                _isSet = true;
                return;
            }

            _isWaited = false;
        }

        _source.SetResult(true);
    }

    /// <summary>Waits for <see cref="Set"/>. Not by two at a time.</summary>
    public ValueTask WaitAsync()
    {
        lock (_lock)
        {
            if (_isSet)
            {
                _isSet = false;
                return ValueTask.CompletedTask;
            }

            _source.Reset();
            _isWaited = true;
            return new ValueTask(this, _source.Version);
        }
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
