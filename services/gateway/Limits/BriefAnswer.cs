namespace StreamChat.Gateway.Limits;

/// <summary>
/// Caches the answer to an expensive question for a short time. The question is asked once at a time: callers that arrive meanwhile
/// share the answer.
/// </summary>
/// <param name="ask">Asks. Must have a deadline of its own, since no caller's cancellation reaches it.</param>
/// <param name="keep">How long an answer is used, counted from when it was asked for; zero to ask whenever no question is open.</param>
/// <param name="time">The clock.</param>
internal sealed class BriefAnswer<T>(Func<Task<T>> ask, TimeSpan keep, TimeProvider time)
{
    private readonly Lock _lock = new();
    private Task<T>? _answer;
    private long _askedAt;

    /// <summary>The cached answer, or a new one. A failure is not cached.</summary>
    public Task<T> GetAsync(CancellationToken cancellationToken)
    {
        Task<Task<T>>? question = null;
        Task<T> answer;
        lock (_lock)
        {
            if (_answer is not { IsCompleted: false } && (_answer is not { IsCompletedSuccessfully: true } || time.GetElapsedTime(_askedAt) >= keep))
            {
                _askedAt = time.GetTimestamp();
                question = new Task<Task<T>>(ask);
                _answer = question.Unwrap();
            }

            answer = _answer;
        }

        // not under the lock: a question that blocks before its first await would hold the thread of every caller
        question?.RunSynchronously(TaskScheduler.Default);
        return answer.WaitAsync(cancellationToken);
    }
}
