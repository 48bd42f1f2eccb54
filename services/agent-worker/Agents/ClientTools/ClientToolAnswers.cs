namespace StreamChat.AgentWorker.Agents.ClientTools;

/// <summary>
/// What a run's client says of the calls of its own tools. An answer may come before anybody waits for it: the client hears of a
/// call at the same time as we do.
/// </summary>
internal sealed class ClientToolAnswers
{
    // a client can answer calls that were never made; so many are held, and so many characters of them
    private const int MostHeld = 64;
    private const int MostHeldChars = 512 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, TaskCompletionSource<ToolOutcome>> _answers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _waitedFor = new(StringComparer.Ordinal);
    private long _heldChars;
    private bool _closed;

    /// <summary>Takes an answer. The first one to a call counts.</summary>
    public void Answer(string callId, ToolOutcome outcome)
    {
        lock (_lock)
        {
            if (_waitedFor.Contains(callId))
            {
                _answers.GetValueOrDefault(callId)?.TrySetResult(outcome);
            }
            else if (!_closed && !_answers.ContainsKey(callId) && _answers.Count < MostHeld && _heldChars + outcome.Text.Length <= MostHeldChars)
            {
                _heldChars += outcome.Text.Length;
                Find(callId).SetResult(outcome);
            }
        }
    }

    /// <summary>The run has ended: what is held is let go of, and nothing more is taken.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            _answers.Clear();
        }
    }

    /// <summary>Waits for the answer to a call; a tool error when there is none in time.</summary>
    /// <exception cref="OperationCanceledException">The run is to stop.</exception>
    public async Task<ToolOutcome> WaitAsync(string callId, string tool, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        Task<ToolOutcome> answer;
        lock (_lock)
        {
            var isHeld = _waitedFor.Add(callId) && _answers.ContainsKey(callId);
            answer = Find(callId).Task;
            _heldChars -= isHeld ? answer.Result.Text.Length : 0;
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
