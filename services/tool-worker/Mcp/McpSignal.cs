namespace StreamChat.ToolWorker.Mcp;

/// <summary>Wakes who looks after a server: its tools have changed, or there is reason to doubt that it is there. Many at once are one.</summary>
internal sealed class McpSignal
{
    private TaskCompletionSource _raised = New();

    /// <summary>Completes when it is raised, also when that was before and nobody has waited since.</summary>
    public Task Raised => Volatile.Read(ref _raised).Task;

    public void Raise() => Volatile.Read(ref _raised).TrySetResult();

    /// <summary>From now on for the next time.</summary>
    public void Reset() => Volatile.Write(ref _raised, New());

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
