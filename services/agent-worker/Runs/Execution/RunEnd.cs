using System.Text.Json;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Events;

namespace StreamChat.AgentWorker.Runs.Execution;

/// <summary>How a run ended.</summary>
/// <param name="Outcome">In one word.</param>
/// <param name="Code">One of <see cref="RunErrorCodes"/>; null when it finished.</param>
/// <param name="Message">What its user is told; null when it finished.</param>
internal sealed record RunEnd(RunOutcome Outcome, string? Code, string? Message)
{
    public static readonly RunEnd Finished = new(RunOutcome.Finished, null, null);

    public static readonly RunEnd Cancelled = new(RunOutcome.Cancelled, RunErrorCodes.Cancelled, "The run was cancelled.");

    public static readonly RunEnd Internal = Failed(RunErrorCodes.Internal, "Something went wrong on our side. Please try again.");

    public static readonly RunEnd Forbidden = Failed(RunErrorCodes.Forbidden, "This run belongs to somebody else.");

    public static readonly RunEnd NotSaved = Failed(RunErrorCodes.Unavailable, "The answer could not be saved. Please try again.");

    public static readonly RunEnd StoreAway = Failed(RunErrorCodes.Unavailable, "Conversations cannot be loaded at the moment. Please try again.");

    public static readonly RunEnd NotShown = Failed(RunErrorCodes.Unavailable, "The answer cannot be shown at the moment. Please ask again.");

    public static readonly RunEnd Poisoned = Failed(RunErrorCodes.Internal, "The answer broke off again and again, through a fault of ours, and is given up.");

    public static readonly RunEnd Overloaded = Failed(RunErrorCodes.Unavailable, "The service is overloaded at the moment. Please try again later.");

    /// <summary>What the thread's owner has stored has reached a quota.</summary>
    public static RunEnd OverQuota(StoredQuota quota, bool isRoom) => Failed(
        RunErrorCodes.QuotaExceeded,
        (quota, isRoom) switch
        {
            (_, true) => "The conversation of this room is full. Please go on in another room or conversation.",
            (StoredQuota.ThreadBytes, _) => "This conversation is full. Please start a new one.",
            (StoredQuota.Threads, _) => "You have reached the number of conversations that you may keep. Delete one to start another.",
            _ => "Your conversations take up all the space that you have. Delete some to go on.",
        });

    /// <summary>For metrics.</summary>
    public string Name => Outcome switch
    {
        RunOutcome.Finished => "finished",
        RunOutcome.Cancelled => "cancelled",
        _ => "failed",
    };

    public static RunEnd TookLongerThan(TimeSpan wallTime) =>
        Failed(RunErrorCodes.LimitReached, $"The answer took longer than {wallTime.TotalSeconds:0} s and was stopped.");

    public static RunEnd Failed(string code, string message) => new(RunOutcome.Failed, code, message);

    /// <summary>As the last event of a run's log.</summary>
    public void AppendTo(RunLog log, string threadId, JsonElement? result = null) => log.Append(
        seq => Outcome == RunOutcome.Finished
            ? new RunFinished { Seq = seq, ThreadId = threadId, Result = result }
            : new RunError { Seq = seq, Code = Code ?? RunErrorCodes.Internal, Message = Message ?? "The run failed." },
        last: true);
}
