namespace StreamChat.Contracts.Events;

/// <summary>The model begins to tell how it comes to its answer. What it tells is no part of the conversation and is not stored.</summary>
public sealed record ReasoningMessageStart : RunEvent
{
    /// <summary>Id of the reasoning, unique within the run and other than that of any message.</summary>
    public required string MessageId { get; init; }

    /// <summary>Always <c>reasoning</c>.</summary>
    public required string Role { get; init; }
}

/// <summary>More of a reasoning. Neighbouring ones may be merged; <see cref="RunEvent.FromSeq"/> then says what is covered.</summary>
public sealed record ReasoningMessageContent : RunEvent
{
    /// <summary>The reasoning that goes on.</summary>
    public required string MessageId { get; init; }

    /// <summary>The new text, never empty.</summary>
    public required string Delta { get; init; }
}

/// <summary>A reasoning is complete.</summary>
public sealed record ReasoningMessageEnd : RunEvent
{
    /// <summary>The reasoning.</summary>
    public required string MessageId { get; init; }
}
