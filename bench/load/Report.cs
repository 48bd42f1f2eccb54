using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamChat.Load;

/// <summary>What was measured; printed as one line of JSON.</summary>
internal sealed record Report
{
    public required int Connections { get; init; }

    public required int Streams { get; init; }

    public required int Tokens { get; init; }

    public required int Rate { get; init; }

    /// <summary>From the first token of all to the last of all.</summary>
    public required double Seconds { get; init; }

    public required double TokensPerS { get; init; }

    public required double FramesPerS { get; init; }

    /// <summary>From the handshake to the server's welcome, with as many handshakes at once as the generator allows.</summary>
    public required Distribution ConnectMs { get; init; }

    public required Distribution TtftMs { get; init; }

    public required Distribution DelayMs { get; init; }

    public required long Received { get; init; }

    public required long Lost { get; init; }

    public required long Duplicated { get; init; }

    public required long OutOfOrder { get; init; }

    /// <summary>Texts that are no tokens, and tokens that nobody asked for.</summary>
    public required long Malformed { get; init; }

    public required int Runs { get; init; }

    public required int FailedRuns { get; init; }

    /// <summary>Connections that only waited and were let go of.</summary>
    public required int Dropped { get; init; }

    /// <summary>How many runs failed for which reason.</summary>
    public required IReadOnlyDictionary<string, int> Failures { get; init; }

    public required IReadOnlyList<ProcessReport> Processes { get; init; }

    [JsonIgnore]
    public bool IsGood => Lost + Duplicated + OutOfOrder + Malformed + FailedRuns + Dropped == 0;

    public static Report Of(
        LoadOptions options, IReadOnlyList<LoadConnection> connections, IReadOnlyList<ProcessReport> processes, TimeProvider time)
    {
        var turns = connections.SelectMany(c => c.Turns).ToArray();
        var spans = turns.Select(t => t.Tokens).OfType<(long First, long Last)>().ToArray();
        var seconds = spans.Length == 0 ? 0 : time.GetElapsedTime(spans.Min(s => s.First), spans.Max(s => s.Last)).TotalSeconds;
        var received = turns.Sum(t => (long)t.Sequence.Received);
        var failures = turns.Select(t => t.Failure).OfType<string>().CountBy(f => f).ToDictionary();
        return new Report
        {
            Connections = options.Connections,
            Streams = options.Streams,
            Tokens = options.Tokens,
            Rate = options.Rate,
            Seconds = Math.Round(seconds, 3),
            TokensPerS = PerSecond(received, seconds),
            FramesPerS = PerSecond(turns.Sum(t => t.Frames), seconds),
            ConnectMs = Recorder.Merge([.. connections.Select(c => c.ConnectTime)]),
            TtftMs = Recorder.Merge([.. turns.Select(t => t.TimeToFirstToken)]),
            DelayMs = Recorder.Merge([.. turns.Select(t => t.Delays)]),
            Received = received,
            Lost = turns.Sum(t => (long)t.Sequence.Lost),
            Duplicated = turns.Sum(t => (long)t.Sequence.Duplicated),
            OutOfOrder = turns.Sum(t => (long)t.Sequence.OutOfOrder),
            Malformed = turns.Sum(t => (long)t.Malformed + t.Sequence.Unexpected),
            Runs = turns.Length,
            FailedRuns = failures.Values.Sum(),
            Dropped = connections.Count(c => c.Dropped),
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
