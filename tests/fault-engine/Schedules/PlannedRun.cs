namespace StreamChat.FaultEngine.Schedules;

/// <summary>One run of a schedule.</summary>
public sealed record PlannedRun
{
    /// <summary>Its place in the schedule.</summary>
    public required int Index { get; init; }

    /// <summary>Its id, from the seed.</summary>
    public required Guid RunId { get; init; }

    /// <summary>Whose it is.</summary>
    public required string UserId { get; init; }

    /// <summary>Its thread.</summary>
    public required string ThreadId { get; init; }

    /// <summary>What is said.</summary>
    public required string Prompt { get; init; }

    /// <summary>How many deltas <c>/load</c> is to emit; 0 for an ordinary question.</summary>
    public int Tokens { get; init; }

    /// <summary>Whether its deltas come at a pace, so that a longer silence is a fault's.</summary>
    public bool IsPaced { get; init; }

    /// <summary>When it is cancelled, from the start of the schedule; null for never.</summary>
    public TimeSpan? CancelAt { get; init; }

    /// <summary>Which client cancels it.</summary>
    public int CancelledBy { get; init; }

    /// <summary>The text that a note is to be made of, if that is what is asked.</summary>
    public string? Note { get; init; }
}
