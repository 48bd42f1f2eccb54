using System.Diagnostics.Metrics;

namespace StreamChat.ToolWorker.Tools;

/// <summary>What this worker tells about its calls.</summary>
internal sealed class ToolMetrics
{
    // names that callers make up must not become time series
    private const string OtherTool = "_OTHER";

    private readonly Counter<long> _calls;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _repeated;
    private readonly Counter<long> _unreported;

    public ToolMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(ToolWorkerTelemetry.Name);
        _calls = meter.CreateCounter<long>("streamchat.tool.calls", "{call}", "Calls of tools by how they ended.");
        _repeated = meter.CreateCounter<long>("streamchat.tool.repeats", "{call}", "Calls that were delivered again and not run again, by what was found.");
        _duration = meter.CreateHistogram(
            "streamchat.tool.duration",
            "s",
            "From taking a call to its answer.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60] });
        _unreported = meter.CreateCounter<long>("streamchat.tool.progress.dropped", "{report}", "Reports of progress that could not be sent.");
    }

    /// <param name="tool">The tool, one that is not safe to repeat.</param>
    /// <param name="found">What had become of the call: one of <see cref="ToolOutcomes"/>.</param>
    public void Repeated(string tool, string found) =>
        _repeated.Add(1, new KeyValuePair<string, object?>("tool", tool), new KeyValuePair<string, object?>("found", found));

    /// <summary>A report of progress was given up.</summary>
    public void ProgressDropped() => _unreported.Add(1);

    /// <param name="tool">The tool; null for a name that is not registered.</param>
    /// <param name="outcome">One of <see cref="ToolOutcomes"/>.</param>
    /// <param name="duration">How long the caller waited for this process.</param>
    public void Called(string? tool, string outcome, TimeSpan duration)
    {
        var name = new KeyValuePair<string, object?>("tool", tool ?? OtherTool);
        var end = new KeyValuePair<string, object?>("outcome", outcome);
        _calls.Add(1, name, end);
        _duration.Record(duration.TotalSeconds, name, end);
    }
}

/// <summary>How a call can end: tag <c>outcome</c> of the metrics, and <c>error.type</c> of the span when it is not <see cref="Ok"/>.</summary>
internal static class ToolOutcomes
{
    public const string Ok = "ok";
    public const string NotFound = "not_found";

    /// <summary>A client called a tool itself that <c>Tools:Direct</c> does not allow.</summary>
    public const string NotDirect = "not_direct";

    public const string InvalidArguments = "invalid_arguments";
    public const string ToolError = "tool_error";
    public const string Failed = "failed";
    public const string Timeout = "timeout";
    public const string TooLarge = "result_too_large";
    public const string Stopped = "stopped";

    /// <summary>The call had been begun before, and nobody knows how it ended.</summary>
    public const string Unknown = "unknown_effect";

    /// <summary>The id of the call belongs to another call.</summary>
    public const string Conflict = "conflict";

    /// <summary>Too many abandoned calls still run in this process.</summary>
    public const string Overloaded = "overloaded";

    /// <summary>The call could not be recorded.</summary>
    public const string Unavailable = "store_unavailable";
}
