namespace StreamChat.Contracts.Events;

/// <summary>The <see cref="Custom"/> events that runs say: a closed list of names, each with the fields of its value.</summary>
public static class CustomEvents
{
    /// <summary>
    /// One agent hands the user on to another: <c>{from, to}</c>, names of agents. Comes between the <see cref="StepFinished"/> of
    /// the one and the <see cref="StepStarted"/> of the other.
    /// </summary>
    public const string HandOff = "hand_off";

    /// <summary>A check of the user's words was made: <c>{id, name, input, reasoning, passed}</c>, <c>passed</c> a boolean.</summary>
    public const string Guardrail = "guardrail";

    /// <summary>A tool tells how far it has come: <c>{toolCallId, progress, total?, message?}</c>.</summary>
    public const string ToolProgress = "tool_progress";
}
