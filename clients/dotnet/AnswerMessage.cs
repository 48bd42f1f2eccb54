namespace StreamChat.Client;

/// <summary>One message of an answer.</summary>
/// <param name="Id">Its id, if the server told one.</param>
/// <param name="Role"><c>assistant</c> or <c>tool</c>.</param>
/// <param name="Content">What it says.</param>
/// <param name="ToolCalls">The calls of an assistant's message.</param>
/// <param name="ToolCallId">The call that a tool's message answers.</param>
/// <param name="IsError">Whether that answer is an error.</param>
public sealed record AnswerMessage(
    string? Id, string Role, string Content, IReadOnlyList<AnswerToolCall> ToolCalls, string? ToolCallId = null, bool IsError = false);

/// <summary>A call of a tool.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">JSON, as far as it has come.</param>
public sealed record AnswerToolCall(string Id, string Name, string Arguments);
