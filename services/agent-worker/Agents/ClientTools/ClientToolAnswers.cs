namespace StreamChat.AgentWorker.Agents.ClientTools;

/// <summary>
/// What a run's client says of the calls of its own tools. An answer may come before anybody waits for it: the client hears of a
/// call at the same time as we do.
/// </summary>
internal sealed class ClientToolAnswers
{
    // a client can answer calls that were never made; so many are held
    private const int MostHeld = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, TaskCompletionSource<ToolOutcome>> _answers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _waitedFor = new(StringComparer.Ordinal);

    /// <summary>Takes an answer. The first one to a call counts.</summary>
    public void Answer(string callId, ToolOutcome outcome)
    {
        lock (_lock)
        {
            if (_waitedFor.Contains(callId))
            {
                _answers.GetValueOrDefault(callId)?.TrySetResult(outcome);
            }
            else if (_answers.Count < MostHeld || _answers.ContainsKey(callId))
            {
                Find(callId).TrySetResult(outcome);
            }
        }
    }

    /// <summary>Waits for the answer to a call; a tool error when there is none in time.</summary>
    /// <exception cref="OperationCanceledException">The run is to stop.</exception>
    public async Task<ToolOutcome> WaitAsync(string callId, string tool, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        Task<ToolOutcome> answer;
        lock (_lock)
        {
            _waitedFor.Add(callId);
            answer = Find(callId).Task;
        }

        try
        {
            return await answer.WaitAsync(timeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new ToolOutcome(null, $"The client did not answer for its tool {tool} within {timeout.TotalSeconds:0.#} s.");
        }
        finally
        {
            lock (_lock)
            {
                _answers.Remove(callId);
            }
        }
    }

    private TaskCompletionSource<ToolOutcome> Find(string callId)
    {
        if (!_answers.TryGetValue(callId, out var answer))
        {
            _answers.Add(callId, answer = new TaskCompletionSource<ToolOutcome>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        return answer;
    }
}
