using StreamChat.Storage.Providers;

namespace StreamChat.AgentWorker.Storage;

/// <summary>
/// The statements of the store, in the SQL that SQLite and PostgreSQL share. Several that belong together are sent together, so
/// that each operation is one round trip and a commit.
/// </summary>
internal sealed class Sql(StoreDatabase database)
{
    private const string RunColumns =
        "run_id as RunId, thread_id as ThreadId, user_id as UserId, worker_id as WorkerId, attempt as Attempt, " +
        "outcome as Outcome, error_code as ErrorCode, error_message as ErrorMessage";

    private const string ClaimColumns =
        "attempt as Attempt, cancel_requested as CancelRequested, (select agent from threads where thread_id = @ThreadId) as Agent, " +
        "(select context from threads where thread_id = @ThreadId) as Context";

    private const string MessageColumns =
        "message_id as MessageId, role as Role, content as Content, tool_calls as ToolCalls, tool_call_id as ToolCallId, " +
        "run_id as RunId, agent as Agent, partial as Partial";

    // pictures are large: only those of the newest messages are shown to a model again
    private const string NewestImages = "case when row_number() over (order by position desc) <= 12 then images end as Images";

    /// <summary>
    /// Five results: nothing of meaning; the claim taken over; the claim of a new run; the run as it stands; the newest messages,
    /// newest first. The two claims exclude each other. The column <c>threads.user_id</c> holds <see cref="ThreadOwner"/>.
    /// </summary>
    public string BeginRun { get; } = database.LockRun + $"""

        update runs set worker_id = @WorkerId, attempt = attempt + 1
        where run_id = @RunId and user_id = @UserId and thread_id = @ThreadId and outcome is null and @TakeOver
        returning {ClaimColumns};

        insert into threads (thread_id, user_id, created_at, updated_at)
        values (@ThreadId, @Owner, @Now, @Now)
        on conflict (thread_id) do nothing;

        insert into runs (run_id, thread_id, user_id, worker_id, attempt, cancel_requested, created_at)
        select @RunId, @ThreadId, @UserId, @WorkerId, 1,
            exists (select 1 from cancel_marks where run_id = @RunId and user_id = @UserId), @Now
        from threads where thread_id = @ThreadId and user_id = @Owner
        on conflict (run_id) do nothing
        returning {ClaimColumns};

        select {RunColumns} from runs where run_id = @RunId;

        select {MessageColumns}, {NewestImages}
        from messages
        where thread_id = @ThreadId and exists (select 1 from threads where thread_id = @ThreadId and user_id = @Owner)
        order by position desc
        limit @HistoryLimit;
        """;

    /// <summary>Ends the run if the claim is in force.</summary>
    public string EndRun { get; } = """
        update runs set outcome = @Outcome, error_code = @ErrorCode, error_message = @ErrorMessage, ended_at = @Now
        where run_id = @RunId and thread_id = @ThreadId and worker_id = @WorkerId and attempt = @Attempt and outcome is null
        """;

    /// <summary>Locks the thread's row, so that positions are given out by one transaction at a time.</summary>
    public string TouchThread { get; } =
        "update threads set updated_at = @Now, agent = coalesce(@Agent, agent), context = coalesce(@Context, context) where thread_id = @ThreadId";

    /// <summary>Appends one message unless its id is there.</summary>
    public string AppendMessage { get; } = """
        insert into messages
            (thread_id, position, message_id, role, content, tool_calls, tool_call_id, run_id, agent, partial, images, created_at)
        select @ThreadId, coalesce(max(position), 0) + 1,
            @MessageId, @Role, @Content, @ToolCalls, @ToolCallId, @RunId, @Agent, @Partial, @Images, @Now
        from messages where thread_id = @ThreadId
        on conflict (thread_id, message_id) do nothing
        """;

    /// <summary>
    /// Two results: nothing of meaning; the worker of the run if it is the user's and has not ended. Without a run a mark is left,
    /// and some of those that are too old to matter are removed.
    /// </summary>
    public string RequestCancel { get; } = database.LockRun + $"""

        insert into cancel_marks (run_id, user_id, created_at)
        select @RunId, @UserId, @Now
        where not exists (select 1 from runs where run_id = @RunId)
        on conflict (run_id, user_id) do update set created_at = excluded.created_at;

        delete from cancel_marks where (run_id, user_id) in (
            select run_id, user_id from cancel_marks where created_at < @Expired order by created_at limit 100 {database.SkipLocked});

        update runs set cancel_requested = true
        where run_id = @RunId and user_id = @UserId and outcome is null
        returning worker_id;
        """;

    /// <summary>The messages of a run of the user, or of a thread that the user may see.</summary>
    public string LoadRun { get; } = $"""
        select {MessageColumns}
        from messages
        where run_id = @RunId
            and thread_id = (select thread_id from runs where run_id = @RunId and (user_id = @UserId or thread_id = @ThreadId))
        order by position
        """;

    /// <summary>A run of the user, or of a thread that the user may see.</summary>
    public string FindRun { get; } =
        $"select {RunColumns} from runs where run_id = @RunId and (user_id = @UserId or thread_id = @ThreadId)";
}
