namespace StreamChat.ToolWorker.Mcp;

/// <summary>Wakes who looks after a server: its tools have changed, or there is reason to doubt that it is there. Many at once are one.</summary>
internal sealed class McpSignal
{
    private readonly TaskCompletionSource<Exception> _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _raised = New();

    /// <summary>Completes when it is raised, also when that was before and nobody has waited since.</summary>
    public Task Raised => Volatile.Read(ref _raised).Task;

    public void Raise() => Volatile.Read(ref _raised).TrySetResult();

    /// <summary>Completes, with the reason, when nothing more is wanted of the server whatever it answers.</summary>
    public Task<Exception> Broken => _broken.Task;

    public void Break(Exception reason) => _broken.TrySetResult(reason);

    /// <summary>From now on for the next time.</summary>
    public void Reset() => Volatile.Write(ref _raised, New());

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
