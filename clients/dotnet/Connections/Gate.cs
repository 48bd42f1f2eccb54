using System.Runtime.ExceptionServices;

namespace StreamChat.Client.Connections;

/// <summary>
/// The one lock that all parts of a client share. What is to be told of what happened under it is told after it, one after the other, so
/// that a handler may ask the client for anything.
/// </summary>
internal sealed class Gate(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Queue<Action> _notices = [];
    private bool _isNotifying;

    /// <summary>Does something under the lock, and calls the handlers of what has happened by it.</summary>
    public void Do(Action action)
    {
        lock (_lock)
        {
            action();
        }

        Notify();
    }

    /// <inheritdoc cref="Do(Action)"/>
    public T Do<T>(Func<T> action)
    {
        T result;
        lock (_lock)
        {
            result = action();
        }

        Notify();
        return result;
    }

    /// <summary>Looks at something under the lock; nobody is called.</summary>
    public T Read<T>(Func<T> read)
    {
        lock (_lock)
        {
            return read();
        }
    }

    /// <summary>Calls a handler when the lock is let go. For those who hold it.</summary>
    public void Later(Action notice) => _notices.Enqueue(notice);

    /// <summary>Does something under the lock when a time has passed.</summary>
    public ITimer After(TimeSpan wait, Action due) => time.CreateTimer(_ => Do(due), null, wait, Timeout.InfiniteTimeSpan);

    /// <summary>Does something under the lock whenever the timer is due, which it is not yet.</summary>
    public ITimer Timer(Action due) => time.CreateTimer(_ => Do(due), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Calls the handlers of what has happened, one after the other and not under the lock.</summary>
    private void Notify()
    {
        while (true)
        {
            Action? notice;
            lock (_lock)
            {
                if (_isNotifying || !_notices.TryDequeue(out notice))
                {
                    return;
                }

                _isNotifying = true;
            }

            try
            {
                notice();
            }
            catch (Exception e)
            {
                // a handler's fault is its program's, not this connection's
                var fault = ExceptionDispatchInfo.Capture(e);
                ThreadPool.UnsafeQueueUserWorkItem(_ => fault.Throw(), null);
            }
            finally
            {
                lock (_lock)
                {
                    _isNotifying = false;
                }
            }
        }
    }
}
