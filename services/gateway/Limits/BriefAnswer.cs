namespace StreamChat.Gateway.Limits;

/// <summary>
/// The answer to a question that many ask and that costs something: it is asked once at a time, whoever waits for it gets the same
/// answer, and that answer serves for a while.
/// </summary>
/// <param name="ask">Asks. Must end by itself: nobody's leaving cancels it.</param>
/// <param name="keep">How long an answer serves from when it was asked for; zero to ask each time that none is under way.</param>
/// <param name="time">The clock.</param>
internal sealed class BriefAnswer<T>(Func<Task<T>> ask, TimeSpan keep, TimeProvider time)
{
    private readonly Lock _lock = new();
    private Task<T>? _answer;
    private long _askedAt;

    /// <summary>The answer. One that failed is asked for again by the next one.</summary>
    public Task<T> GetAsync(CancellationToken cancellationToken)
    {
        Task<T> answer;
        lock (_lock)
        {
            if (_answer is not { IsCompleted: false } && (_answer is not { IsCompletedSuccessfully: true } || time.GetElapsedTime(_askedAt) >= keep))
            {
                _askedAt = time.GetTimestamp();
                _answer = ask();
            }

            answer = _answer;
        }

        return answer.WaitAsync(cancellationToken);
    }
}
