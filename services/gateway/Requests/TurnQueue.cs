namespace StreamChat.Gateway.Requests;

/// <summary>
/// The requests of one connection that wait for each other, in a protocol whose frames carry no request id. Bounded.
/// </summary>
internal sealed class TurnQueue(int capacity, CancellationToken ended)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource<bool>> _waiting = new();
    private CancellationTokenSource _cancel = CancellationTokenSource.CreateLinkedTokenSource(ended);
    private bool _busy;

    /// <summary>Takes a place in the queue.</summary>
    /// <returns>
    /// Completes with true when it is one's turn, which ends with <see cref="Leave"/>, and with false when it was cancelled; null
    /// when the queue is full.
    /// </returns>
    public Task<bool>? TryEnter(out CancellationToken stopping)
    {
        lock (_lock)
        {
            stopping = _cancel.Token;
            if (!_busy)
            {
                _busy = true;
                return Task.FromResult(true);
            }

            if (_waiting.Count >= capacity)
            {
                return null;
            }

            var place = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(place);
            return place.Task;
        }
    }

    /// <summary>The turn is over: the next one's comes.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out var next))
            {
                next.SetResult(true);
            }
            else
            {
                _busy = false;
            }
        }
    }

    /// <summary>Stops the turn that is under way and lets go of those that wait.</summary>
    public void CancelAll()
    {
        CancellationTokenSource cancelled;
        lock (_lock)
        {
            while (_waiting.TryDequeue(out var next))
            {
                next.SetResult(false);
            }

            cancelled = _cancel;
            _cancel = CancellationTokenSource.CreateLinkedTokenSource(ended);
        }

        cancelled.Cancel();
        cancelled.Dispose();
    }
}
