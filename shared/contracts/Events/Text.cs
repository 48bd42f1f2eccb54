namespace StreamChat.Contracts.Events;

/// <summary>A message of the assistant begins.</summary>
public sealed record TextMessageStart : RunEvent
{
    /// <summary>Id of the message, unique within the thread.</summary>
    public required string MessageId { get; init; }

    /// <summary>Who speaks; <c>assistant</c>.</summary>
    public required string Role { get; init; }
}

/// <summary>More of a message. Neighbouring ones may be merged; <see cref="RunEvent.FromSeq"/> then says what is covered.</summary>
public sealed record TextMessageContent : RunEvent
{
    /// <summary>The message that goes on.</summary>
    public required string MessageId { get; init; }

    /// <summary>The new text, never empty.</summary>
    public required string Delta { get; init; }
}

/// <summary>A message is complete.</summary>
public sealed record TextMessageEnd : RunEvent
{
    /// <summary>The message.</summary>
    public required string MessageId { get; init; }
}
