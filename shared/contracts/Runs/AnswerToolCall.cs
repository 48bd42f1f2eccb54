namespace StreamChat.Contracts.Runs;

/// <summary>
/// What a client's own tool returned. Sent to the worker that runs the run when the gateway knows it, else to
/// <c>run-directory</c>. The first answer to a call counts; without effect on a call that nobody waits for.
/// </summary>
public sealed record AnswerToolCall
{
    /// <summary>The run that waits.</summary>
    public required Guid RunId { get; init; }

    /// <summary>The call that is answered.</summary>
    public required string ToolCallId { get; init; }

    /// <summary>Who answers. Only the run's own user is heard.</summary>
    public required string UserId { get; init; }

    /// <summary>What the tool returned, or why it failed, as text.</summary>
    public required string Content { get; init; }

    /// <summary>True when the tool failed.</summary>
    public bool IsError { get; init; }
}
