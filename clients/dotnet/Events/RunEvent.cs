using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamChat.Client;

/// <summary>One step of a run's output, in the vocabulary of AG-UI.</summary>
/// <remarks>Defaults stand in the getters: what reads JSON without reflection sets every property, also those that are missing.</remarks>
public abstract record RunEvent
{
    /// <summary>The run.</summary>
    public Guid RunId { get; init; }

    /// <summary>Its place in the attempt, from 1; the last one when it covers several.</summary>
    public long Seq { get; init; }

    /// <summary>The first place that it covers, when it covers several.</summary>
    public long? FromSeq { get; init; }

    /// <summary>The attempt, from 1.</summary>
    public int Attempt { get => Math.Max(field, 1); init; }
}

/// <summary>The run, or a new attempt of it, has begun.</summary>
public sealed record RunStarted : RunEvent
{
    /// <summary>The conversation.</summary>
    public string? ThreadId { get; init; }

    /// <summary>To find the run in the server's traces.</summary>
    public string? TraceId { get; init; }

    /// <summary>Of a new attempt; what it means has been told by a <see cref="TextReplaced"/> before.</summary>
    public int? KeepMessages { get; init; }
}

/// <summary>The run has come to its end.</summary>
public sealed record RunFinished : RunEvent
{
    /// <summary>The conversation.</summary>
    public string? ThreadId { get; init; }

    /// <summary>What it took.</summary>
    public RunResult? Result { get; init; }
}

/// <summary>What a run took.</summary>
public sealed record RunResult
{
    /// <summary>Who provides the model that answered last.</summary>
    public string? Provider { get; init; }

    /// <summary>The model that answered last.</summary>
    public string? Model { get; init; }

    /// <summary>The agent that answered last.</summary>
    public string? Agent { get; init; }

    /// <summary><c>length</c> where the answer was cut off.</summary>
    public string? FinishReason { get; init; }

    /// <summary>Tokens read.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Tokens written.</summary>
    public long? OutputTokens { get; init; }
}

/// <summary>The run has come to a bad end, or was cancelled (<c>cancelled</c>).</summary>
public sealed record RunError : RunEvent
{
    /// <summary>For programs.</summary>
    public string Code { get => field ?? "internal"; init; }

    /// <summary>For people.</summary>
    public string Message { get => field ?? ""; init; }
}

/// <summary>An agent begins to answer.</summary>
public sealed record StepStarted : RunEvent
{
    /// <summary>The agent.</summary>
    public string StepName { get => field ?? ""; init; }
}

/// <summary>An agent is done.</summary>
public sealed record StepFinished : RunEvent
{
    /// <summary>The agent.</summary>
    public string StepName { get => field ?? ""; init; }
}

/// <summary>A message of the assistant begins.</summary>
public sealed record TextMessageStart : RunEvent
{
    /// <summary>The message.</summary>
    public string MessageId { get => field ?? ""; init; }

    /// <summary>Who says it.</summary>
    public string? Role { get; init; }
}

/// <summary>A message grows.</summary>
public sealed record TextMessageContent : RunEvent
{
    /// <summary>The message.</summary>
    public string MessageId { get => field ?? ""; init; }

    /// <summary>By what.</summary>
    public string Delta { get => field ?? ""; init; }
}

/// <summary>A message is complete.</summary>
public sealed record TextMessageEnd : RunEvent
{
    /// <summary>The message.</summary>
    public string MessageId { get => field ?? ""; init; }
}

/// <summary>The model begins to think.</summary>
public sealed record ReasoningMessageStart : RunEvent
{
    /// <summary>The thought.</summary>
    public string MessageId { get => field ?? ""; init; }

    /// <summary><c>reasoning</c>.</summary>
    public string? Role { get; init; }
}

/// <summary>A thought grows.</summary>
public sealed record ReasoningMessageContent : RunEvent
{
    /// <summary>The thought.</summary>
    public string MessageId { get => field ?? ""; init; }

    /// <summary>By what.</summary>
    public string Delta { get => field ?? ""; init; }
}

/// <summary>A thought is complete.</summary>
public sealed record ReasoningMessageEnd : RunEvent
{
    /// <summary>The thought.</summary>
    public string MessageId { get => field ?? ""; init; }
}

/// <summary>The model calls a tool.</summary>
public sealed record ToolCallStart : RunEvent
{
    /// <summary>The call.</summary>
    public string ToolCallId { get => field ?? ""; init; }

    /// <summary>The tool.</summary>
    public string ToolCallName { get => field ?? ""; init; }

    /// <summary>The message that it belongs to.</summary>
    public string? ParentMessageId { get; init; }
}

/// <summary>The arguments of a call grow.</summary>
public sealed record ToolCallArgs : RunEvent
{
    /// <summary>The call.</summary>
    public string ToolCallId { get => field ?? ""; init; }

    /// <summary>By what.</summary>
    public string Delta { get => field ?? ""; init; }
}

/// <summary>The arguments of a call are complete.</summary>
public sealed record ToolCallEnd : RunEvent
{
    /// <summary>The call.</summary>
    public string ToolCallId { get => field ?? ""; init; }
}

/// <summary>What came of a call.</summary>
public sealed record ToolCallResult : RunEvent
{
    /// <summary>The message that it is.</summary>
    public string MessageId { get => field ?? ""; init; }

    /// <summary>The call.</summary>
    public string ToolCallId { get => field ?? ""; init; }

    /// <summary>The result.</summary>
    public string Content { get => field ?? ""; init; }

    /// <summary><c>tool</c>.</summary>
    public string? Role { get; init; }

    /// <summary>Whether it is an error.</summary>
    public bool IsError { get; init; }
}

/// <summary>What is known of the thread.</summary>
public sealed record StateSnapshot : RunEvent
{
    /// <summary>An object.</summary>
    public JsonElement Snapshot { get; init; }
}

/// <summary>How that changes.</summary>
public sealed record StateDelta : RunEvent
{
    /// <summary>Operations of JSON Patch.</summary>
    public JsonElement Delta { get; init; }
}

/// <summary>What was said, instead of a replay; what it means for the text has been told by a <see cref="TextReplaced"/> before.</summary>
public sealed record MessagesSnapshot : RunEvent
{
    /// <summary>The conversation.</summary>
    public IReadOnlyList<InputMessage> Messages { get => field ?? []; init; }
}

/// <summary>Something of StreamChat's own: <c>hand_off</c>, <c>guardrail</c>, <c>tool_progress</c>.</summary>
public sealed record CustomEvent : RunEvent
{
    /// <summary>What it is.</summary>
    public string Name { get => field ?? ""; init; }

    /// <summary>Its fields.</summary>
    public JsonElement Value { get; init; }
}

/// <summary>An event of a type that this version does not know.</summary>
public sealed record UnknownRunEvent : RunEvent
{
    /// <summary>Its type.</summary>
    public string Type { get => field ?? ""; init; }

    /// <summary>All of it.</summary>
    public JsonElement Frame { get; init; }
}

/// <summary>
/// Of this client's own: what was shown of the run no longer stands as it was. Comes before the first event of a new attempt and before a
/// snapshot; deltas that follow go on from what it says.
/// </summary>
public sealed record TextReplaced : RunEvent
{
    /// <summary>How many messages of what was shown still stand.</summary>
    [JsonIgnore]
    public int KeepMessages { get; init; }

    /// <summary>The text that stands now.</summary>
    [JsonIgnore]
    public string Text { get; init; } = "";

    /// <summary>The messages that stand now.</summary>
    [JsonIgnore]
    public IReadOnlyList<AnswerMessage> Messages { get; init; } = [];
}
