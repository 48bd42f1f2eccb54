using System.Text.Json;
using System.Text.Json.Serialization;

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

    /// <summary>The conversation it belongs to: its id among those of its owner, the room that it names, else the user.</summary>
    public required string ThreadId { get; init; }

    /// <summary>
    /// Id of the agent-worker whose agent makes the call, which also receives the tool's progress (<see cref="ToolProgressed"/>). Null for
    /// a call that a client makes itself: see <see cref="IsDirect"/>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? WorkerId { get; init; }

    /// <summary>What is known of the thread's user and situation, a JSON object (see <see cref="ToolResult.Context"/>); null when nothing is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Context { get; init; }

    /// <summary>
    /// True when a client makes the call itself, without an agent. Tool-workers run it only for tools that the operator allows for that.
    /// Gateways older than this field leave it out: see <see cref="IsDirect"/>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Direct { get; init; }

    /// <summary>How long the caller waits for the answer.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>
    /// Whether a client makes the call itself. A call counts as an agent's only when it names the agent-worker, so that a call of an older
    /// gateway, which marks nothing, is a client's.
    /// </summary>
    public bool IsDirect() => Direct || WorkerId is null;
}

/// <summary>The answer to <see cref="CallTool"/>. Exactly one of <see cref="Result"/> and <see cref="Error"/> is there.</summary>
public sealed record ToolResult
{
    /// <summary>The call that is answered.</summary>
    public required string ToolCallId { get; init; }

    /// <summary>What the tool returned, any JSON; null if it failed.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>
    /// What the call changed of the thread's context, a JSON Merge Patch (RFC 7396); null when nothing. Only a successful call changes it.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Context { get; init; }

    /// <summary>Why it failed, in words that the model and a person can read; null if it did not.</summary>
    public string? Error { get; init; }
}

/// <summary>How far a call has come. Sent to the agent-worker that waits for it, transient and best-effort.</summary>
public sealed record ToolProgressed
{
    /// <summary>The run that needs the tool.</summary>
    public required Guid RunId { get; init; }

    /// <summary>The call.</summary>
    public required string ToolCallId { get; init; }

    /// <summary>How far; rises, in units of the tool.</summary>
    public required double Progress { get; init; }

    /// <summary>Where it ends, in the same units; null when unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Total { get; init; }

    /// <summary>What it does, for a person; or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Message { get; init; }
}
