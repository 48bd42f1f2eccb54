using System.Text.Json.Serialization;

namespace StreamChat.Contracts.Events;

/// <summary>The model calls a tool.</summary>
public sealed record ToolCallStart : RunEvent
{
    /// <summary>Id of the call.</summary>
    public required string ToolCallId { get; init; }

    /// <summary>Name of the tool.</summary>
    public required string ToolCallName { get; init; }

    /// <summary>The message that the call came out of, if there is one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ParentMessageId { get; init; }
}

/// <summary>More of a call's arguments.</summary>
public sealed record ToolCallArgs : RunEvent
{
    /// <summary>The call.</summary>
    public required string ToolCallId { get; init; }

    /// <summary>The next piece of the arguments' JSON text.</summary>
    public required string Delta { get; init; }
}

/// <summary>The arguments are complete; the tool runs.</summary>
public sealed record ToolCallEnd : RunEvent
{
    /// <summary>The call.</summary>
    public required string ToolCallId { get; init; }
}

/// <summary>What the tool returned, or why it failed.</summary>
public sealed record ToolCallResult : RunEvent
{
    /// <summary>Id of the message that holds the result in the conversation.</summary>
    public required string MessageId { get; init; }

    /// <summary>The call.</summary>
    public required string ToolCallId { get; init; }

    /// <summary>The result as text: a string as it is, any other JSON value as its JSON text; or the error's text.</summary>
    public required string Content { get; init; }

    /// <summary>Always <c>tool</c>.</summary>
    public required string Role { get; init; }

    /// <summary>True when the tool failed and <see cref="Content"/> is the error; absent otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsError { get; init; }
}
