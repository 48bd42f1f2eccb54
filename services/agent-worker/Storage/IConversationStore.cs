using StreamChat.Contracts.Runs;

namespace StreamChat.AgentWorker.Storage;

/// <summary>
/// Where threads, their messages and the outcomes of runs are kept. One implementation over SQL, for SQLite and PostgreSQL; all
/// workers of a cluster share one database.
/// </summary>
internal interface IConversationStore
{
    /// <summary>
    /// Claims a run for a worker and loads what it continues, in one transaction. Makes the thread when there is none.
    /// </summary>
    Task<RunClaim> BeginRunAsync(RunClaimRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Asks whether the turn of a run has come that was claimed as <see cref="RunClaimStatus.Waiting"/>: then answers as a claim
    /// does, with the thread as it is now. <see cref="RunClaimStatus.Active"/> and <see cref="RunClaimStatus.Ended"/> say that the
    /// claim is in force no more.
    /// </summary>
    Task<RunClaim> TakeTurnAsync(RunClaimRequest request, int attempt, CancellationToken cancellationToken);

    /// <summary>
    /// Writes the messages and the outcome of a run in one transaction. Only the claim that is in force may: returns false, and
    /// writes nothing, when another worker has taken the run over or it has ended already.
    /// </summary>
    Task<bool> CompleteRunAsync(RunCompletion completion, CancellationToken cancellationToken);

    /// <summary>
    /// Writes down where a run is, for who may take it over; forgotten at its end. Only the claim that is in force may: returns
    /// false, and writes nothing, otherwise.
    /// </summary>
    Task<bool> SaveJournalAsync(Guid runId, string workerId, int attempt, string journal, CancellationToken cancellationToken);

    /// <summary>
    /// Notes that a user wants a run stopped. A run that has not begun is then claimed as <see cref="RunClaimStatus.Cancelled"/>.
    /// Without effect on runs that this user may not stop and on runs that have ended.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="userId">Who asks, and may stop the runs asked for by this name.</param>
    /// <param name="threadId">A room's thread all of whose runs may be stopped as well, once they have begun. Null, or another thread, for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The worker that runs it and has to be told, or null.</returns>
    Task<string?> RequestCancelAsync(Guid runId, string userId, string? threadId, CancellationToken cancellationToken);

    /// <summary>The messages that a run added to its thread, in order; empty when it is unknown or not for this user to see.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="userId">Who asks, and sees the runs asked for by this name.</param>
    /// <param name="threadId">A room's thread all of whose runs may be seen as well. Null, or another thread, for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<StoredMessage>> LoadRunAsync(Guid runId, string userId, string? threadId, CancellationToken cancellationToken);

    /// <summary>Who runs a run, or how it ended; null when it is unknown or not for this user to see, as <see cref="LoadRunAsync"/> has it.</summary>
    Task<RunRecord?> FindRunAsync(Guid runId, string userId, string? threadId, CancellationToken cancellationToken);
}

/// <summary>Asks for a run.</summary>
internal sealed record RunClaimRequest
{
    public required Guid RunId { get; init; }

    public required string ThreadId { get; init; }

    public required string UserId { get; init; }

    /// <summary>The room that owns the thread; null when the user does.</summary>
    public string? RoomId { get; init; }

    /// <summary>The thread, with its owner.</summary>
    public ThreadKey Thread => ThreadKey.Of(UserId, RoomId, ThreadId);

    public required string WorkerId { get; init; }

    /// <summary>
    /// True when the broker says that the message was delivered before: the worker that had it is gone, and its claim may be taken
    /// over. False for a first delivery: an active claim then means that the same run id was sent twice.
    /// </summary>
    public required bool TakeOver { get; init; }

    /// <summary>How many of the newest messages of the thread to load.</summary>
    public required int HistoryLimit { get; init; }

    /// <summary>How much text of them to load, in characters; the message that reaches it comes along.</summary>
    public long HistoryChars { get; init; } = long.MaxValue;

    /// <summary>Whether messages that a summary stands for are left out.</summary>
    public bool Summarised { get; init; }

    /// <summary>What the request wants when its thread is busy; null for what the thread was set to.</summary>
    public ThreadPolicy? WhenBusy { get; init; }

    /// <summary>What holds when neither says anything.</summary>
    public ThreadPolicy DefaultWhenBusy { get; init; } = ThreadPolicy.Enqueue;

    /// <summary>How many runs may wait in the thread, this one included.</summary>
    public int MaxWaiting { get; init; } = int.MaxValue;

    /// <summary>How many threads the owner may have, the run's own included.</summary>
    public long MaxThreads { get; init; } = long.MaxValue;

    /// <summary>How much the owner's threads may hold before no run begins in any, in bytes.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;

    /// <summary>How much the thread may hold before no run begins in it, in bytes.</summary>
    public long MaxThreadBytes { get; init; } = long.MaxValue;

    /// <summary>For how long the claim holds the thread at most.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>What became of a claim.</summary>
internal enum RunClaimStatus
{
    /// <summary>Ours: run it.</summary>
    Claimed,

    /// <summary>Its user cancelled it before it began. Ours, to be ended as cancelled at once.</summary>
    Cancelled,

    /// <summary>Ours, but not its turn: see <see cref="RunClaim.Ahead"/>.</summary>
    Waiting,

    /// <summary>The thread is busy and takes it no more. It has ended with that; see <see cref="RunClaim.Record"/>.</summary>
    Refused,

    /// <summary>Another claim is in force; see <see cref="RunClaim.Record"/>.</summary>
    Active,

    /// <summary>It ended before; see <see cref="RunClaim.Record"/>.</summary>
    Ended,

    /// <summary>The run belongs to somebody else.</summary>
    Forbidden,

    /// <summary>What the thread's owner has stored has reached a quota; see <see cref="RunClaim.Quota"/>. Nothing was stored.</summary>
    OverQuota,
}

/// <summary>A quota of what an owner may store.</summary>
internal enum StoredQuota
{
    /// <summary>The owner's threads.</summary>
    Threads,

    /// <summary>The content of all of the owner's threads.</summary>
    Bytes,

    /// <summary>The content of one thread.</summary>
    ThreadBytes,
}

/// <summary>The answer to a <see cref="RunClaimRequest"/>.</summary>
internal sealed record RunClaim
{
    public required RunClaimStatus Status { get; init; }

    /// <summary>From 1; one more each time the run is taken over. 0 unless ours.</summary>
    public int Attempt { get; init; }

    /// <summary>Name of the agent that the thread is with; null when none has spoken yet, and unless ours.</summary>
    public string? Agent { get; init; }

    /// <summary>What is known of the thread's user and situation, a JSON object; null when nothing is, and unless ours.</summary>
    public string? Context { get; init; }

    /// <summary>Where an earlier attempt of the run had written down that it was; null when it had not, and unless ours.</summary>
    public string? Journal { get; init; }

    /// <summary>How often the run was taken over from a worker that had not given it back. 0 unless ours.</summary>
    public int LostWorkers { get; init; }

    /// <summary>What stands for the messages that are not shown any more; null when nothing does, and unless ours.</summary>
    public string? Summary { get; init; }

    /// <summary>The thread's newest messages, oldest first. Empty unless ours.</summary>
    public IReadOnlyList<StoredMessage> History { get; init; } = [];

    /// <summary>The runs of the thread that go first, in their order. Empty unless <see cref="RunClaimStatus.Waiting"/>.</summary>
    public IReadOnlyList<RunAhead> Ahead { get; init; } = [];

    /// <summary>What holds for this run when its thread is busy.</summary>
    public ThreadPolicy WhenBusy { get; init; }

    /// <summary>Which quota was reached, for <see cref="RunClaimStatus.OverQuota"/>.</summary>
    public StoredQuota? Quota { get; init; }

    /// <summary>The run as it stands, for <see cref="RunClaimStatus.Refused"/>, <see cref="RunClaimStatus.Active"/> and <see cref="RunClaimStatus.Ended"/>.</summary>
    public RunRecord? Record { get; init; }
}

/// <summary>A run that goes before another one in its thread.</summary>
internal sealed record RunAhead(Guid RunId, string UserId, string WorkerId);

/// <summary>How a run can end.</summary>
internal enum RunOutcome
{
    Finished,
    Failed,
    Cancelled,
}

/// <summary>A run as the store knows it.</summary>
internal sealed record RunRecord
{
    public required Guid RunId { get; init; }

    public required string ThreadId { get; init; }

    /// <summary>Who asked for it.</summary>
    public required string UserId { get; init; }

    /// <summary>The worker whose claim is in force, or was last.</summary>
    public required string WorkerId { get; init; }

    public required int Attempt { get; init; }

    /// <summary>Null while it runs.</summary>
    public RunOutcome? Outcome { get; init; }

    public string? ErrorCode { get; init; }

    public string? ErrorMessage { get; init; }
}

/// <summary>One message of a thread as stored.</summary>
internal sealed record StoredMessage
{
    /// <summary>Unique within the thread; a message whose id is already there is not written again.</summary>
    public required string MessageId { get; init; }

    /// <summary>AG-UI role: <c>user</c>, <c>assistant</c>, <c>system</c>, <c>developer</c>, <c>tool</c>.</summary>
    public required string Role { get; init; }

    public required string Content { get; init; }

    /// <summary>Pictures that belong to the text: JSON array of <c>{mediaType,data|url}</c>; null when there are none, or when they are not loaded.</summary>
    public string? Images { get; init; }

    /// <summary>On an assistant's message: the tool calls made in it, JSON array of <c>{id,name,arguments}</c>; else null.</summary>
    public string? ToolCalls { get; init; }

    /// <summary>On a tool's message: the call that it answers; else null.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>The run that added it, the user's own message included.</summary>
    public Guid? RunId { get; init; }

    /// <summary>Name of the agent that said it; null on what no agent said.</summary>
    public string? Agent { get; init; }

    /// <summary>True when the run was cancelled or failed before the message was complete.</summary>
    public bool Partial { get; init; }
}

/// <summary>The end of a run.</summary>
internal sealed record RunCompletion
{
    public required Guid RunId { get; init; }

    /// <summary>Who asked for it.</summary>
    public required string UserId { get; init; }

    public required string WorkerId { get; init; }

    public required int Attempt { get; init; }

    public required RunOutcome Outcome { get; init; }

    /// <summary>A member of <see cref="Contracts.Events.RunErrorCodes"/> unless finished.</summary>
    public string? ErrorCode { get; init; }

    public string? ErrorMessage { get; init; }

    /// <summary>Name of the agent that the thread is with from now on; null leaves it as it is.</summary>
    public string? Agent { get; init; }

    /// <summary>The thread's context from now on, a JSON object; null leaves it as it is.</summary>
    public string? Context { get; init; }

    /// <summary>Whether text of it was written down on the way, which is forgotten now.</summary>
    public bool HasCheckpoint { get; init; }

    /// <summary>What to append to the thread, in order: the user's new messages, then what the run said and called.</summary>
    public required IReadOnlyList<StoredMessage> Messages { get; init; }
}
