namespace StreamChat.Client.Connections;

/// <summary>Those who have said a new token and wait for what the server says to it, in the order in which it answers. Under the client's lock.</summary>
internal sealed class TokenAnswers
{
    private readonly Queue<TaskCompletionSource<DateTimeOffset?>> _waiting = [];

    /// <summary>Whether somebody waits.</summary>
    public bool AreAwaited => _waiting.Count > 0;

    /// <summary>Waits for the next answer: until when the token is good, if the server says so.</summary>
    public Task<DateTimeOffset?> NextAsync()
    {
        var answer = new TaskCompletionSource<DateTimeOffset?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(answer);
        return answer.Task;
    }

    /// <summary>The server takes it.</summary>
    public void Accept(DateTimeOffset? expiresAt)
    {
        if (_waiting.TryDequeue(out var answer))
        {
            answer.TrySetResult(expiresAt);
        }
    }

    /// <summary>The server does not take it.</summary>
    /// <returns>Whether somebody has waited for that.</returns>
    public bool TryRefuse(RefusedException error)
    {
        var isAwaited = _waiting.TryDequeue(out var answer);
        answer?.TrySetException(error);
        return isAwaited;
    }

    /// <summary>There will be no answers.</summary>
    public void Fail(Func<StreamChatException> error)
    {
        while (_waiting.TryDequeue(out var answer))
        {
            answer.TrySetException(error());
        }
    }
}
