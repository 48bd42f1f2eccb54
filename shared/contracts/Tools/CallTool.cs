using System.Text.Json;

namespace StreamChat.Contracts.Tools;

/// <summary>Asks any tool-worker to run a tool; answered by <see cref="ToolResult"/>, always, also when it fails.</summary>
public sealed record CallTool
{
    /// <summary>The run that needs it; with <see cref="ToolCallId"/> the idempotency key.</summary>
    public required Guid RunId { get; init; }

    /// <summary>The model's id of this call.</summary>
    public required string ToolCallId { get; init; }

    /// <summary>Name of the tool as announced.</summary>
    public required string Name { get; init; }

    /// <summary>The arguments, a JSON object.</summary>
    public required JsonElement Arguments { get; init; }

    /// <summary>On whose behalf.</summary>
    public required string UserId { get; init; }

    /// <summary>The conversation it belongs to.</summary>
    public required string ThreadId { get; init; }

    /// <summary>How long the caller waits for the answer.</summary>
    public required TimeSpan Timeout { get; init; }
}

/// <summary>The answer to <see cref="CallTool"/>. Exactly one of <see cref="Result"/> and <see cref="Error"/> is there.</summary>
public sealed record ToolResult
{
    /// <summary>The call that is answered.</summary>
    public required string ToolCallId { get; init; }

    /// <summary>What the tool returned, any JSON; null if it failed.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>Why it failed, in words that the model and a person can read; null if it did not.</summary>
    public string? Error { get; init; }
}
