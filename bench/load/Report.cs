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

    public required long Frames { get; init; }

    /// <summary>Payload of all frames of the runs, whatever stands in them.</summary>
    public required long Bytes { get; init; }

    public required double BytesPerToken { get; init; }

    /// <summary>From the handshake to the server's welcome, with as many handshakes at once as the generator allows.</summary>
    public required Distribution ConnectMs { get; init; }

    public required Distribution TtftMs { get; init; }

    public required Distribution DelayMs { get; init; }

    /// <summary>From asking for a run to be stopped to its end; null when none is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Distribution? CancelMs { get; init; }

    /// <summary>How long after that its model emitted the last token; null when none is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Distribution? OverrunMs { get; init; }

    /// <summary>Runs that were stopped.</summary>
    public int Cancelled { get; init; }

    public required long Received { get; init; }

    public required long Lost { get; init; }

    public required long Duplicated { get; init; }

    public required long OutOfOrder { get; init; }

    /// <summary>Texts that are no tokens, tokens that nobody asked for, and whole answers that are not what was shown.</summary>
    public required long Malformed { get; init; }

    public required int Runs { get; init; }

    public required int FailedRuns { get; init; }

    /// <summary>Connections that only waited and were let go of.</summary>
    public required int Dropped { get; init; }

    /// <summary>How many runs failed for which reason.</summary>
    public required IReadOnlyDictionary<string, int> Failures { get; init; }

    public required IReadOnlyList<ProcessReport> Processes { get; init; }

    /// <summary>
    /// What the watched processes used together for a million tokens; null when they are not all there any more. Tokens of slow readers
    /// are not counted, what they cost is.
    /// </summary>
    public required double? CpuSecondsPerMillionTokens { get; init; }

    /// <summary>What became of the slow readers; their tokens are in no other figure.</summary>
    public required IReadOnlyList<SlowReport> Slow { get; init; }

    [JsonIgnore]
    public bool IsGood => Lost + Duplicated + OutOfOrder + Malformed + FailedRuns + Dropped == 0 && Slow.All(s => s.IsGood);

    public static Report Of(
        LoadOptions options,
        IReadOnlyList<LoadConnection> connections,
        IReadOnlyList<SlowReader> slow,
        IReadOnlyList<ProcessReport> processes,
        TimeProvider time)
    {
        var turns = connections.SelectMany(c => c.Turns).ToArray();
        var spans = turns.Select(t => t.Tokens).OfType<(long First, long Last)>().ToArray();
        var seconds = spans.Length == 0 ? 0 : time.GetElapsedTime(spans.Min(s => s.First), spans.Max(s => s.Last)).TotalSeconds;
        var received = turns.Sum(t => (long)t.Sequence.Received);
        var (frames, bytes) = (turns.Sum(t => t.Frames), turns.Sum(t => t.Bytes));
        var failures = turns.Select(t => t.Failure).OfType<string>().CountBy(f => f).ToDictionary();
        return new Report
        {
            Connections = options.Connections,
            Streams = options.Streams,
            Tokens = options.Tokens,
            Rate = options.Rate,
            Seconds = Math.Round(seconds, 3),
            TokensPerS = PerSecond(received, seconds),
            FramesPerS = PerSecond(frames, seconds),
            Frames = frames,
            Bytes = bytes,
            BytesPerToken = received > 0 ? Math.Round((double)bytes / received, 1) : 0,
            ConnectMs = Recorder.Merge([.. connections.Select(c => c.ConnectTime)]),
            TtftMs = Recorder.Merge([.. turns.Select(t => t.TimeToFirstToken)]),
            DelayMs = Recorder.Merge([.. turns.Select(t => t.Delays)]),
            Received = received,
            CancelMs = options.CancelAfter > 0 ? Recorder.Merge([.. turns.Select(t => t.Cancelling!.TimeToEnd)]) : null,
            OverrunMs = options.CancelAfter > 0 ? Recorder.Merge([.. turns.Select(t => t.Cancelling!.Overrun)]) : null,
            Cancelled = turns.Count(t => t.Cancelling is { IsDone: true }),
            Lost = turns.Sum(t => (long)t.Lost),
            Duplicated = turns.Sum(t => (long)t.Sequence.Duplicated),
            OutOfOrder = turns.Sum(t => (long)t.Sequence.OutOfOrder),
            Malformed = turns.Sum(t => (long)t.Malformed + t.Sequence.Unexpected),
            Runs = turns.Length,
            FailedRuns = failures.Values.Sum(),
            Dropped = connections.Count(c => c.Dropped),
            Failures = failures,
            Processes = processes,
            CpuSecondsPerMillionTokens = received > 0 && processes.Count > 0 && processes.All(p => p.CpuSeconds is not null)
                ? Math.Round(processes.Sum(p => p.CpuSeconds!.Value) * 1e6 / received, 3)
                : null,
            Slow = [.. slow.Select(s => s.Report).OfType<SlowReport>()],
        };
    }

    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.Report);

    private static double PerSecond(long count, double seconds) => seconds > 0 ? Math.Round(count / seconds, 1) : 0;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext;
