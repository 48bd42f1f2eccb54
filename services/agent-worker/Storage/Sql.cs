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
        "attempt as Attempt, cancel_requested as CancelRequested, outcome as Outcome, journal as Journal, lost_workers as LostWorkers, " +
        "(select agent from threads where thread_id = @ThreadId) as Agent, " +
        "(select context from threads where thread_id = @ThreadId) as Context, " +
        "(select summary from threads where thread_id = @ThreadId) as Summary, " +
        "coalesce(@WhenBusy, (select when_busy from threads where thread_id = @ThreadId), @DefaultWhenBusy) as WhenBusy";

    /// <summary>The place behind all runs of the thread that have not ended.</summary>
    private const string NextTurn = "(select coalesce(max(l.turn), 0) + 1 from runs l where l.thread_id = @ThreadId and l.outcome is null)";

    /// <summary>A run <c>o</c> of the thread is in hand.</summary>
    private const string InHand = "o.thread_id = @ThreadId and o.outcome is null and o.lease_until > @Now";

    /// <summary>A run <c>o</c> goes before the run <c>r</c>, which is the one that asks.</summary>
    private const string GoesFirst = $"from runs o, runs r where r.run_id = @RunId and r.thread_id = @ThreadId and {InHand} and o.turn < r.turn";

    /// <summary>The runs that go first.</summary>
    private const string Ahead = $"select o.run_id as RunId, o.user_id as UserId, o.worker_id as WorkerId {GoesFirst} order by o.turn;";

    private const string MessageColumns =
        "message_id as MessageId, role as Role, content as Content, tool_calls as ToolCalls, tool_call_id as ToolCallId, " +
        "run_id as RunId, agent as Agent, partial as Partial";

    // pictures are large: only those of the newest messages are shown to a model again
    private const string NewestImages = "case when row_number() over (order by position desc) <= 12 then images end as Images";

    /// <summary>
    /// Seven results: two of nothing; the claim taken over; the claim of a new run; the run as it stands; the runs that go first; the
    /// newest messages. The two claims exclude each other. The column <c>threads.user_id</c> holds <see cref="ThreadOwner"/>. A run
    /// that its thread takes no more is put down as ended at once.
    /// </summary>
    public string BeginRun { get; } = database.LockRun + database.LockThread + $"""

        update runs set worker_id = @WorkerId, attempt = attempt + 1, lease_until = @LeaseUntil,
            lost_workers = lost_workers + case when given_back then 0 else 1 end, given_back = false,
            turn = case when turn is not null and lease_until > @Now then turn else {NextTurn} end
        where run_id = @RunId and user_id = @UserId and thread_id = @ThreadId and outcome is null and @TakeOver
        returning {ClaimColumns};

        insert into threads (thread_id, user_id, created_at, updated_at)
        values (@ThreadId, @Owner, @Now, @Now)
        on conflict (thread_id) do nothing;

        insert into runs (run_id, thread_id, user_id, worker_id, attempt, cancel_requested, created_at, lease_until, turn, outcome, error_code, error_message, ended_at)
        select @RunId, @ThreadId, @UserId, @WorkerId, 1, asked.cancelled, @Now, @LeaseUntil, {NextTurn},
            case when asked.refused then 'Failed' end, case when asked.refused then @ConflictCode end,
            case when asked.refused then @ConflictMessage end, case when asked.refused then @Now end
        from (
            select busy.cancelled,
                not busy.cancelled and busy.others > 0
                    and (busy.others > @MaxWaiting or coalesce(@WhenBusy, busy.when_busy, @DefaultWhenBusy) = 'Reject') as refused
            from (
                select t.when_busy, (select count(*) from runs o where {InHand}) as others,
                    exists (select 1 from cancel_marks where run_id = @RunId and user_id = @UserId) as cancelled
                from threads t where t.thread_id = @ThreadId and t.user_id = @Owner) busy) asked
        where true
        on conflict (run_id) do nothing
        returning {ClaimColumns};

        select {RunColumns} from runs where run_id = @RunId;

        {Ahead}

        {History()}
        """;

    /// <summary>
    /// Four results: the claim, when it is in force and its turn has come; the run as it stands; the runs that go first; the newest
    /// messages, none while there are any: who waits asks again and again.
    /// </summary>
    public string TakeTurn { get; } = $"""
        update runs set lease_until = @LeaseUntil
        where run_id = @RunId and thread_id = @ThreadId and worker_id = @WorkerId and attempt = @Attempt and outcome is null
            and not exists (select 1 from runs o where {InHand} and o.turn < runs.turn)
        returning {ClaimColumns};

        select {RunColumns} from runs where run_id = @RunId;

        {Ahead}

        {History(when: $"not exists (select 1 {GoesFirst})")}
        """;

    /// <summary>Ends the run if the claim is in force.</summary>
    public string EndRun { get; } = """
        update runs set outcome = @Outcome, error_code = @ErrorCode, error_message = @ErrorMessage, ended_at = @Now, journal = null
        where run_id = @RunId and thread_id = @ThreadId and worker_id = @WorkerId and attempt = @Attempt and outcome is null
        """;

    /// <summary>Writes down where the run is if the claim is in force.</summary>
    public string SaveJournal { get; } =
        "update runs set journal = @Journal where run_id = @RunId and worker_id = @WorkerId and attempt = @Attempt and outcome is null";

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
    /// Two results: nothing of meaning; the worker of the run if the user may stop it and it has not ended. Without a run a mark is left,
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
        where run_id = @RunId and (user_id = @UserId or thread_id = @ThreadId) and outcome is null
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

    /// <summary>The newest messages, newest first: as many as are wanted, and no more than the one that reaches the wanted size.</summary>
    /// <param name="when">A condition for all of them.</param>
    private static string History(string when = "true") => $"""
        select {MessageColumns}, {NewestImages}
        from (
            select newest.*, sum(length(content) + coalesce(length(tool_calls), 0)) over (order by position desc)
                - length(content) - coalesce(length(tool_calls), 0) as newer
            from (
                select * from messages
                where thread_id = @ThreadId and exists (select 1 from threads where thread_id = @ThreadId and user_id = @Owner)
                    and (not @Summarised or position > (select summary_position from threads where thread_id = @ThreadId))
                    and {when}
                order by position desc
                limit @HistoryLimit) newest) shown
        where newer < @HistoryChars
        order by position desc;
        """;
}
