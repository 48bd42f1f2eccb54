using System.Text.Json;
using System.Text.Json.Serialization;
using StreamChat.Contracts.Runs;

namespace StreamChat.Contracts.Threads;

/// <summary>A thread without its messages.</summary>
public sealed record ThreadSummary
{
    /// <summary>Its id.</summary>
    public required string ThreadId { get; init; }

    /// <summary>What it is called: as its owner named it, else the beginning of the first message; null when there is neither.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Title { get; init; }

    /// <summary>Name of the agent that it is with; null before the first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Agent { get; init; }

    /// <summary>What becomes of a run that is asked for while another one is under way; null for the default.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ThreadPolicy? WhenBusy { get; init; }

    /// <summary>What is known of its user and situation, a JSON object; null when nothing is, and in lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Context { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its last run ended.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>One message of a thread.</summary>
public sealed record ThreadMessage
{
    /// <summary>Where it stands, from 1, rising without a promise of no gaps.</summary>
    public required long Position { get; init; }

    /// <summary>Its id, unique within the thread.</summary>
    public required string Id { get; init; }

    /// <summary>AG-UI role.</summary>
    public required string Role { get; init; }

    /// <summary>The text.</summary>
    public required string Content { get; init; }

    /// <summary>Name of the agent that said it; null on what no agent said.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Agent { get; init; }

    /// <summary>The tool calls made in it, an array of <c>{id, name, arguments}</c>; null when there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? ToolCalls { get; init; }

    /// <summary>On a tool's message the call that it answers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ToolCallId { get; init; }

    /// <summary>The run that added it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? RunId { get; init; }

    /// <summary>True when the run was cancelled or failed before the message was complete.</summary>
    public bool Partial { get; init; }

    /// <summary>When it was stored.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
