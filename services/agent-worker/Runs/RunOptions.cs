using System.ComponentModel.DataAnnotations;

namespace StreamChat.AgentWorker.Runs;

/// <summary>Section <c>Limits:Run</c>: bounds of one run.</summary>
internal sealed class RunOptions : IValidatableObject
{
    public const string Section = "Limits:Run";

    private static readonly TimeSpan MostInHand = TimeSpan.FromMinutes(28);
    private static readonly TimeSpan MostUnacknowledged = TimeSpan.FromMinutes(29);

    /// <summary>A run that takes longer is ended as failed with code <c>limit_reached</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:25:00")] // the broker takes an unacknowledged message back after 30 minutes
    public TimeSpan WallTime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a run may wait for its turn in its thread before it fails with code <c>conflict</c>. Not counted as <see cref="WallTime"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:20:00")]
    public TimeSpan QueueTime { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>How many tokens the models of a run may produce in all its replies, thinking and tool calls included.</summary>
    [Range(1, 100_000_000)]
    public int OutputTokens { get; set; } = 100_000;

    /// <summary>How often a run may go back to the model with the results of tools.</summary>
    [Range(1, 100)]
    public int ToolRounds { get; set; } = 8;

    /// <summary>How many tools one answer of the model may call at once.</summary>
    [Range(1, 1000)]
    public int ToolCalls { get; set; } = 32;

    /// <summary>The largest arguments of one call of a tool-worker's tool, in bytes of UTF-8 JSON; larger ones are a tool error.</summary>
    [Range(256, 16 * 1024 * 1024)]
    public int ToolArgumentBytes { get; set; } = 512 * 1024;

    /// <summary>The largest result that a filter of tool calls may put in the place of a tool's, in bytes of UTF-8 JSON; a larger one is a tool error.</summary>
    [Range(256, 16 * 1024 * 1024)]
    public int ToolResultBytes { get; set; } = 64 * 1024;

    /// <summary>How long a tool may take when it announces no time of its own, and the most that any may.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan ToolTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a run waits for what a client's own tool returns; then the model sees a tool error.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:20:00")]
    public TimeSpan ClientToolTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How often the agents of a run may hand the user on; the last one has to answer.</summary>
    [Range(0, 100)]
    public int HandOffs { get; set; } = 8;

    /// <summary>How much of the context that a request brings the model is shown, in characters.</summary>
    [Range(1, 1024 * 1024)]
    public int ContextChars { get; set; } = 8 * 1024;

    /// <summary>How long a thread's own context may be as JSON, in characters; a change past it is refused.</summary>
    [Range(2, 1024 * 1024)]
    public int ThreadContextChars { get; set; } = 8 * 1024;

    /// <summary>How many of a thread's newest messages the model is shown.</summary>
    [Range(1, 10_000)]
    public int HistoryMessages { get; set; } = 200;

    /// <summary>How much of a thread the model is shown, the new message included, in tokens as we estimate them; no fewer messages than the new one.</summary>
    [Range(100, 10_000_000)]
    public int HistoryTokens { get; set; } = 8000;

    /// <summary>How far a gateway may stay behind before the model is held up, in characters.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxUnreadChars { get; set; } = 1024 * 1024;

    /// <summary>How long a run waits at its end for the store and for the relay.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan EndTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often it is written down what runs have said, for the worker that takes one over if this one dies.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How many workers a run may lose, that is die in the middle of it, before it is taken for the cause and ended as failed.</summary>
    [Range(1, 1000)]
    public int LostWorkers { get; set; } = 5;

    /// <summary>After that a run that was in hand, and of which nothing was heard, stands in nobody's way any more.</summary>
    public TimeSpan Lease => QueueTime + WallTime + EndTimeout + TimeSpan.FromMinutes(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (QueueTime + WallTime > MostInHand)
        {
            yield return new ValidationResult(
                $"May be {MostInHand:c} together with {nameof(WallTime)}: the broker takes an unacknowledged message back after 30 minutes.", [nameof(QueueTime)]);
        }

        // it waits for the store first, for the relay then
        if (QueueTime + WallTime + (2 * EndTimeout) > MostUnacknowledged)
        {
            yield return new ValidationResult(
                $"May be {MostUnacknowledged:c}, twice, together with {nameof(QueueTime)} and {nameof(WallTime)}: the broker takes an unacknowledged message back after 30 minutes.",
                [nameof(EndTimeout)]);
        }
    }
}

/// <summary>Section <c>Limits:RunLog</c>: what is kept for those who attach.</summary>
internal sealed class RunLogOptions
{
    public const string Section = "Limits:RunLog";

    /// <summary>The most that one run's log keeps, in characters; the oldest goes first.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int MaxChars { get; set; } = 4 * 1024 * 1024;

    /// <summary>How long an ended run's log is kept.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Keep { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>The most that the logs of all ended runs keep together, in characters; the oldest run goes first.</summary>
    [Range(0, long.MaxValue)]
    public long MaxTotalChars { get; set; } = 128L * 1024 * 1024;
}

/// <summary>Section <c>Worker</c>.</summary>
internal sealed class WorkerOptions
{
    public const string Section = "Worker";

    /// <summary>How many runs one process works on at once.</summary>
    [Range(1, 100_000)]
    public int Runs { get; set; } = 1024;
}
