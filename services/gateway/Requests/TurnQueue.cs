namespace StreamChat.Gateway.Requests;

/// <summary>
/// The requests of one connection that wait for each other, in a protocol whose frames carry no request id. Bounded.
/// </summary>
internal sealed class TurnQueue(int capacity, CancellationToken ended)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource<bool>> _waiting = new();

    // those who cancelled come first
    private readonly Queue<TaskCompletionSource> _cancelling = new();
    private CancellationTokenSource _cancel = CancellationTokenSource.CreateLinkedTokenSource(ended);
    private bool _busy;
    private int _cancels;

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
            if (_cancelling.TryDequeue(out var canceller))
            {
                canceller.SetResult();
            }
            else if (_waiting.TryDequeue(out var next))
            {
                next.SetResult(true);
            }
            else
            {
                _busy = false;
            }
        }
    }

    /// <summary>
    /// Tells the turn that is under way to stop, lets go of those that wait, and takes the next turn, before whatever is asked from
    /// now on.
    /// </summary>
    /// <returns>
    /// Completes when that turn has come, which ends with <see cref="Leave"/>; null when an earlier cancel waits for its turn and
    /// answers for this one, too: see <see cref="TakeCancels"/>.
    /// </returns>
    public Task? CancelAll()
    {
        CancellationTokenSource cancelled;
        Task? turn = null;
        lock (_lock)
        {
            while (_waiting.TryDequeue(out var next))
            {
                next.SetResult(false);
            }

            cancelled = _cancel;
            _cancel = CancellationTokenSource.CreateLinkedTokenSource(ended);
            if (_cancels++ == 0)
            {
                turn = EnterFirst();
            }
        }

        cancelled.Cancel();
        cancelled.Dispose();
        return turn;
    }

    /// <summary>How many cancels there are to answer; they count as answered then.</summary>
    public int TakeCancels()
    {
        lock (_lock)
        {
            var cancels = _cancels;
            _cancels = 0;
            return cancels;
        }
    }

    private Task EnterFirst()
    {
        if (!_busy)
        {
            _busy = true;
            return Task.CompletedTask;
        }

        var place = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cancelling.Enqueue(place);
        return place.Task;
    }
}
