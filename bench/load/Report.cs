using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamChat.Load;

/// <summary>What was measured; printed as one line of JSON.</summary>
internal sealed record Report
{
    public required int Connections { get; init; }

    public required int Tokens { get; init; }

    public required int Rate { get; init; }

    /// <summary>From the first token of all to the last of all.</summary>
    public required double Seconds { get; init; }

    public required double TokensPerS { get; init; }

    public required double FramesPerS { get; init; }

    public required Distribution TtftMs { get; init; }

    public required Distribution DelayMs { get; init; }

    public required long Received { get; init; }

    public required long Lost { get; init; }

    public required long Duplicated { get; init; }

    public required long OutOfOrder { get; init; }

    /// <summary>Texts that are no tokens, and tokens that nobody asked for.</summary>
    public required long Malformed { get; init; }

    public required int FailedRuns { get; init; }

    /// <summary>How many runs failed for which reason.</summary>
    public required IReadOnlyDictionary<string, int> Failures { get; init; }

    public required IReadOnlyList<ProcessReport> Processes { get; init; }

    [JsonIgnore]
    public bool IsGood => Lost + Duplicated + OutOfOrder + Malformed + FailedRuns == 0;

    public static Report Of(
        LoadOptions options, IReadOnlyList<LoadConnection> connections, IReadOnlyList<ProcessReport> processes, TimeProvider time)
    {
        var spans = connections.Select(c => c.Tokens).OfType<(long First, long Last)>().ToArray();
        var seconds = spans.Length == 0 ? 0 : time.GetElapsedTime(spans.Min(s => s.First), spans.Max(s => s.Last)).TotalSeconds;
        var received = connections.Sum(c => (long)c.Sequence.Received);
        var failures = connections.Select(c => c.Failure).OfType<string>().CountBy(f => f).ToDictionary();
        return new Report
        {
            Connections = options.Connections,
            Tokens = options.Tokens,
            Rate = options.Rate,
            Seconds = Math.Round(seconds, 3),
            TokensPerS = PerSecond(received, seconds),
            FramesPerS = PerSecond(connections.Sum(c => c.Frames), seconds),
            TtftMs = Recorder.Merge([.. connections.Select(c => c.TimeToFirstToken)]),
            DelayMs = Recorder.Merge([.. connections.Select(c => c.Delays)]),
            Received = received,
            Lost = connections.Sum(c => (long)c.Sequence.Lost),
            Duplicated = connections.Sum(c => (long)c.Sequence.Duplicated),
            OutOfOrder = connections.Sum(c => (long)c.Sequence.OutOfOrder),
            Malformed = connections.Sum(c => (long)c.Malformed + c.Sequence.Unexpected),
            FailedRuns = failures.Values.Sum(),
            Failures = failures,
            Processes = processes,
        };
    }

    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.Report);

    private static double PerSecond(long count, double seconds) => seconds > 0 ? Math.Round(count / seconds, 1) : 0;
}

/// <summary>What a watched process used while the runs went on; null when it had ended by then.</summary>
internal sealed record ProcessReport(int Pid, double? CpuSeconds, double? PeakRssMb)
{
    public static ProcessReport Between(int pid, ProcessUsage before, ProcessUsage? after) =>
        new(pid, after is null ? null : Math.Round(after.CpuSeconds - before.CpuSeconds, 2), after?.PeakRssMegabytes);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext;
