namespace StreamChat.Client.Connections;

/// <summary>Those who wait until the connection is open. Under the client's lock.</summary>
internal sealed class Opening
{
    private TaskCompletionSource _opened = New();

    /// <summary>Done when the connection is open; fails when it ends for good.</summary>
    public Task Opened => _opened.Task;

    /// <summary>The connection is open.</summary>
    public void Open() => _opened.TrySetResult();

    /// <summary>The connection was lost: whoever comes now waits for the next.</summary>
    public void Lose()
    {
        if (_opened.Task.IsCompleted)
        {
            _opened = New();
        }
    }

    /// <summary>There is none to wait for, unless somebody opens one.</summary>
    public void Fail(StreamChatException error)
    {
        if (_opened.TrySetException(error))
        {
            // nobody has to wait for it
            _ = _opened.Task.Exception;
        }

        _opened = New();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
