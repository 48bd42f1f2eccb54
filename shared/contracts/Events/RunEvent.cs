using System.Text.Json.Serialization;

namespace StreamChat.Contracts.Events;

/// <summary>
/// One step of a run's output. The vocabulary and field names are those of AG-UI (https://docs.ag-ui.com/concepts/events), so that
/// every dialect is a projection of one model.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(RunStarted), "RUN_STARTED")]
[JsonDerivedType(typeof(RunFinished), "RUN_FINISHED")]
[JsonDerivedType(typeof(RunError), "RUN_ERROR")]
[JsonDerivedType(typeof(StepStarted), "STEP_STARTED")]
[JsonDerivedType(typeof(StepFinished), "STEP_FINISHED")]
[JsonDerivedType(typeof(TextMessageStart), "TEXT_MESSAGE_START")]
[JsonDerivedType(typeof(TextMessageContent), "TEXT_MESSAGE_CONTENT")]
[JsonDerivedType(typeof(TextMessageEnd), "TEXT_MESSAGE_END")]
[JsonDerivedType(typeof(ReasoningMessageStart), "REASONING_MESSAGE_START")]
[JsonDerivedType(typeof(ReasoningMessageContent), "REASONING_MESSAGE_CONTENT")]
[JsonDerivedType(typeof(ReasoningMessageEnd), "REASONING_MESSAGE_END")]
[JsonDerivedType(typeof(ToolCallStart), "TOOL_CALL_START")]
[JsonDerivedType(typeof(ToolCallArgs), "TOOL_CALL_ARGS")]
[JsonDerivedType(typeof(ToolCallEnd), "TOOL_CALL_END")]
[JsonDerivedType(typeof(ToolCallResult), "TOOL_CALL_RESULT")]
[JsonDerivedType(typeof(StateSnapshot), "STATE_SNAPSHOT")]
[JsonDerivedType(typeof(StateDelta), "STATE_DELTA")]
[JsonDerivedType(typeof(MessagesSnapshot), "MESSAGES_SNAPSHOT")]
[JsonDerivedType(typeof(Custom), "CUSTOM")]
public abstract record RunEvent
{
    /// <summary>Position within the run's attempt: 1, 2, 3 … A merged event carries the last position it covers.</summary>
    public required long Seq { get; init; }

    /// <summary>The first position that a merged event covers; null when it covers only <see cref="Seq"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? FromSeq { get; init; }
}
