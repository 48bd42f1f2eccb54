using System.Text.Json;
using StreamChat.FaultEngine.Checks;
using StreamChat.FaultEngine.Schedules;

namespace StreamChat.FaultEngine;

/// <summary>What came of a schedule.</summary>
public sealed record ScheduleResult
{
    /// <summary>What was done.</summary>
    public required Schedule Schedule { get; init; }

    /// <summary>How many viewers' views of runs were compared.</summary>
    public required int Streams { get; init; }

    /// <summary>The longest silence of each viewer of a paced stream.</summary>
    public required IReadOnlyList<TimeSpan> Silences { get; init; }

    /// <summary>How many connections the clients made.</summary>
    public required int Connections { get; init; }

    /// <summary>How many runs were seen in a second or later attempt.</summary>
    public required int Repeated { get; init; }

    /// <summary>How many requests were refused as retryable.</summary>
    public required int Refusals { get; init; }

    /// <summary>Runs that a client which had joined their thread was not told of, and had to ask for.</summary>
    public required int Unannounced { get; init; }

    /// <summary>What must not be.</summary>
    public required IReadOnlyList<Violation> Violations { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Took { get; init; }

    /// <summary>Where the failure is told in full; null when there is none.</summary>
    public string? Report { get; init; }

    /// <summary>How many words, events or ends are wrong in a way.</summary>
    public int Count(ViolationKind kind) => Violations.Where(v => v.Kind == kind).Sum(v => v.Count);

    /// <summary>One line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(new
    {
        seed = Schedule.Seed,
        kind = Schedule.Kind.ToString(),
        ok = Violations.Count == 0,
        runs = Schedule.Runs.Count,
        streams = Streams,
        faults = Schedule.Faults.Count,
        connections = Connections,
        repeated = Repeated,
        refusals = Refusals,
        unannounced = Unannounced,
        lost = Count(ViolationKind.Lost),
        duplicated = Count(ViolationKind.Duplicated),
        reordered = Count(ViolationKind.Reordered),
        stuck = Count(ViolationKind.Stuck),
        wrongEnds = Count(ViolationKind.WrongEnd),
        store = Count(ViolationKind.Store),
        protocol = Count(ViolationKind.Protocol),
        silenceMs = new { p50 = Milliseconds(Percentile.Of(Silences, 50)), p99 = Milliseconds(Percentile.Of(Silences, 99)), max = Milliseconds(Percentile.Of(Silences, 100)) },
        seconds = Math.Round(Took.TotalSeconds, 1),
        report = Report,
    });

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;
}
