namespace StreamChat.Client;

/// <summary>What all errors of this client have in common.</summary>
/// <param name="code">For programs.</param>
/// <param name="message">For people.</param>
/// <param name="retryable">Whether trying again may help.</param>
/// <param name="runId">The run, if it concerns one.</param>
public abstract class StreamChatException(string code, string message, bool retryable, Guid? runId) : Exception(message)
{
    /// <summary>For programs.</summary>
    public string Code { get; } = code;

    /// <summary>Whether trying again may help.</summary>
    public bool Retryable { get; } = retryable;

    /// <summary>The run, if it concerns one.</summary>
    public Guid? RunId { get; } = runId;
}

/// <summary>The server would not do what was asked: an <c>error</c> frame.</summary>
/// <param name="code">For programs.</param>
/// <param name="message">For people.</param>
/// <param name="retryable">Whether trying again may help.</param>
/// <param name="runId">The run, if it concerns one.</param>
public sealed class RefusedException(string code, string message, bool retryable, Guid? runId = null)
    : StreamChatException(code, message, retryable, runId);

/// <summary>The run came to a bad end: <c>RUN_ERROR</c>.</summary>
/// <param name="code">For programs.</param>
/// <param name="message">For people.</param>
/// <param name="runId">The run.</param>
public sealed class RunFailedException(string code, string message, Guid runId)
    : StreamChatException(code, message, IsWorthAnotherTry(code), runId)
{
    private static bool IsWorthAnotherTry(string code) =>
        code is "conflict" or "model_error" or "model_rate_limited" or "model_timeout" or "unavailable" or "internal";
}

/// <summary>The run was cancelled, by whomever.</summary>
/// <param name="runId">The run.</param>
public sealed class RunCancelledException(Guid runId) : StreamChatException("cancelled", "The run was cancelled.", retryable: false, runId);

/// <summary>The connection is gone for good; the code says why. The server may finish the run all the same.</summary>
/// <param name="code">For programs: a reason of <see cref="ConnectionStateChange"/>, <c>closed</c>, <c>lost</c> or <c>left</c>.</param>
/// <param name="message">For people.</param>
/// <param name="retryable">Whether trying again may help.</param>
/// <param name="runId">The run, if it concerns one.</param>
public sealed class ConnectionEndedException(string code, string message, bool retryable = false, Guid? runId = null)
    : StreamChatException(code, message, retryable, runId);
