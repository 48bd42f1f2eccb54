namespace StreamChat.Contracts.Tools;

/// <summary>
/// On whose behalf a tool is called, each as a string: in <c>Kernel.Data</c> for a function of a plugin and for filters, in
/// <c>AIFunctionArguments.Context</c> for a plain function.
/// </summary>
public static class ToolCallKeys
{
    /// <summary>Id of the user on whose behalf the call is.</summary>
    public const string UserId = "user_id";

    /// <summary>Id of the conversation among those of its owner: of the room that it names (<c>~room/…</c>), else of the user. Others may have one of the same id.</summary>
    public const string ThreadId = "thread_id";

    /// <summary>Id of the run, a UUID with hyphens.</summary>
    public const string RunId = "run_id";

    /// <summary>Id of the call; with the run's id it is the same when the call is delivered again.</summary>
    public const string ToolCallId = "tool_call_id";
}
