namespace StreamChat.AgentWorker.Storage;

/// <summary>What a claim's statement returns.</summary>
internal sealed class ClaimRow
{
    /// <summary>The key of the thread's row.</summary>
    public string ThreadKey { get; init; } = "";

    public int Attempt { get; init; }

    public bool CancelRequested { get; init; }

    /// <summary>Not null when the thread took it no more.</summary>
    public string? Outcome { get; init; }

    public string? Journal { get; init; }

    public int LostWorkers { get; init; }
}

/// <summary>What a run finds in its thread.</summary>
internal sealed class ClaimedThreadRow
{
    /// <summary>What holds for this run.</summary>
    public string WhenBusy { get; init; } = "";

    public string? Agent { get; init; }

    public string? Context { get; init; }

    public string? Summary { get; init; }
}

/// <summary>Which quota keeps a run from beginning: the number of threads unless one of these is true.</summary>
internal sealed class QuotaRow
{
    public bool ThreadIsFull { get; init; }

    public bool OwnerIsFull { get; init; }

    public StoredQuota Quota => ThreadIsFull ? StoredQuota.ThreadBytes : OwnerIsFull ? StoredQuota.Bytes : StoredQuota.Threads;
}

/// <summary>A run that goes first.</summary>
internal sealed class AheadRow
{
    public string RunId { get; init; } = "";

    public string UserId { get; init; } = "";

    public string WorkerId { get; init; } = "";

    public RunAhead ToRun() => new(Guid.Parse(RunId), UserId, WorkerId);
}

/// <summary>A row of <c>runs</c>.</summary>
internal sealed class RunRow
{
    public string RunId { get; init; } = "";

    public string ThreadId { get; init; } = "";

    public string UserId { get; init; } = "";

    public string WorkerId { get; init; } = "";

    public int Attempt { get; init; }

    public string? Outcome { get; init; }

    public string? ErrorCode { get; init; }

    public string? ErrorMessage { get; init; }

    public RunRecord ToRecord() => new()
    {
        RunId = Guid.Parse(RunId),
        ThreadId = ThreadId,
        UserId = UserId,
        WorkerId = WorkerId,
        Attempt = Attempt,
        Outcome = Outcome is null ? null : Enum.Parse<RunOutcome>(Outcome),
        ErrorCode = ErrorCode,
        ErrorMessage = ErrorMessage,
    };
}

/// <summary>A row of <c>messages</c>.</summary>
internal sealed class MessageRow
{
    /// <summary>0 where it is not asked for.</summary>
    public long Position { get; init; }

    public string MessageId { get; init; } = "";

    public string Role { get; init; } = "";

    public string Content { get; init; } = "";

    public string? ToolCalls { get; init; }

    public string? ToolCallId { get; init; }

    public string? RunId { get; init; }

    public string? Agent { get; init; }

    public bool Partial { get; init; }

    public string? Images { get; init; }

    public StoredMessage ToMessage() => new()
    {
        MessageId = MessageId,
        Role = Role,
        Content = Content,
        ToolCalls = ToolCalls,
        ToolCallId = ToolCallId,
        RunId = RunId is null ? null : Guid.Parse(RunId),
        Agent = Agent,
        Partial = Partial,
        Images = Images,
    };
}
