namespace StreamChat.Contracts.Runs;

/// <summary>
/// A run, or a new attempt of it, has begun. A gateway that misses it misses the run until it is asked for by its id.
/// </summary>
public sealed record RunAnnounced
{
    /// <summary>The run.</summary>
    public required Guid RunId { get; init; }

    /// <summary>The attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>The conversation that it belongs to.</summary>
    public required string ThreadId { get; init; }

    /// <summary>Whose it is.</summary>
    public required string UserId { get; init; }

    /// <summary>The room that owns the thread; null when the user does.</summary>
    public string? RoomId { get; init; }

    /// <summary>The gateway that asked for it, which sees it without attaching; null when that is not told.</summary>
    public string? GatewayId { get; init; }

    /// <summary>Who runs it; where to attach.</summary>
    public required string WorkerId { get; init; }
}
