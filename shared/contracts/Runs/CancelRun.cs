using System.Text.Json.Serialization;

namespace StreamChat.Contracts.Runs;

/// <summary>
/// Stops a run, and with it the model call. Sent to the worker that runs it when the gateway knows it, else to
/// <c>run-directory</c>, where any worker finds out. Idempotent; without effect on a run that has ended.
/// </summary>
public sealed record CancelRun
{
    /// <summary>The run to stop.</summary>
    public required Guid RunId { get; init; }

    /// <summary>Who asks. Only the run's own user is obeyed, and who may stop all runs of its thread.</summary>
    public required string UserId { get; init; }

    /// <summary>The thread of a room all of whose runs this user may stop, as the gateway found. Null, or another thread, for the user's own runs only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ThreadId { get; init; }
}
