using System.Text.Json.Serialization;

namespace StreamChat.Contracts.Runs;

/// <summary>
/// Subscribes a gateway to a run from a given event on: the worker replays its log after <see cref="AfterSeq"/> and goes on live.
/// Answered by <see cref="AttachAnswered"/>, and by the events after it.
/// </summary>
public sealed record AttachRun
{
    /// <summary>The run to see.</summary>
    public required Guid RunId { get; init; }

    /// <summary>Who asks. Only the run's own user is served, and who may see its thread.</summary>
    public required string UserId { get; init; }

    /// <summary>The thread of a room that the gateway found this user in; all runs of it are served. Null, or another thread, for the user's own runs only.</summary>
    public string? ThreadId { get; init; }

    /// <summary>The gateway to send the events to.</summary>
    public required string GatewayId { get; init; }

    /// <summary>
    /// The connection that wants to see it, or a name of the gateway's own for a question (<see cref="OnlyFind"/>); null when the gateway
    /// repairs what all of its connections see.
    /// </summary>
    public string? ConnectionId { get; init; }

    /// <summary>The attempt that <see cref="AfterSeq"/> counts in; another attempt is sent from its start.</summary>
    public required int Attempt { get; init; }

    /// <summary>The last event seen, 0 for none.</summary>
    public required long AfterSeq { get; init; }

    /// <summary>
    /// True when the gateway only asks whose run it is and which worker has it: answered by <see cref="AttachAnswered"/>, but no
    /// events follow. A worker that does not know this field sends events as well, which the gateway drops.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool OnlyFind { get; init; }
}
