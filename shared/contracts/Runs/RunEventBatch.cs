using StreamChat.Contracts.Events;

namespace StreamChat.Contracts.Runs;

/// <summary>
/// What a worker has to say to one gateway at one moment: the events that gathered while the previous batch was in flight.
/// Transient; a lost one is replayed from the run's log. Travels packed; as JSON it comes only from workers of before that.
/// </summary>
public sealed record RunEventBatch
{
    /// <summary>The worker that runs these runs; where to send cancel and attach.</summary>
    public required string WorkerId { get; init; }

    /// <summary>The events by run. A run stands in a batch at most once.</summary>
    public required IReadOnlyList<RunEventSlice> Slices { get; init; }
}

/// <summary>Consecutive events of one run. The run's id and attempt stand here once, not on every event.</summary>
public sealed record RunEventSlice
{
    /// <summary>The run.</summary>
    public required Guid RunId { get; init; }

    /// <summary>The attempt, from 1; a higher one replaces what a lower one said.</summary>
    public required int Attempt { get; init; }

    /// <summary>The events, <c>seq</c> rising without a gap.</summary>
    public required IReadOnlyList<RunEvent> Events { get; init; }
}
