using StreamChat.Storage.Providers;

namespace StreamChat.AgentWorker.Storage;

/// <summary>
/// The statements of the store, in the SQL that SQLite and PostgreSQL share. Several that belong together are sent together, so
/// that each operation is one round trip and a commit.
/// </summary>
internal sealed class Sql(StoreDatabase database)
{
    /// <summary>
    /// A row <c>k</c> of <c>threads</c> is the thread <c>@ThreadId</c> of <c>@Owner</c>: the condition of the index <c>threads_by_name</c>.
    /// Threads are looked up by this alone. The key <c>thread_id</c>, which other tables refer to, says nothing about the owner.
    /// </summary>
    public const string IsNamed = "k.user_id = @Owner and coalesce(k.name, k.thread_id) = @ThreadId";

    /// <summary>The key of the thread <c>@ThreadId</c> of <c>@Owner</c>; null when there is none.</summary>
    public const string Key = $"(select k.thread_id from threads k where {IsNamed})";

    /// <summary>
    /// What the rows of one message or run count beside their text, in bytes. So the quota bounds the rows as well, however short the
    /// messages are.
    /// </summary>
    public const int RowBytes = 256;

    private const string RunColumns =
        "run_id as RunId, coalesce((select k.name from threads k where k.thread_id = runs.thread_id), thread_id) as ThreadId, " +
        "user_id as UserId, worker_id as WorkerId, attempt as Attempt, outcome as Outcome, error_code as ErrorCode, error_message as ErrorMessage";

    private const string ClaimColumns =
        "thread_id as ThreadKey, attempt as Attempt, cancel_requested as CancelRequested, outcome as Outcome, journal as Journal, lost_workers as LostWorkers";

    /// <summary>What a run finds in its thread.</summary>
    private const string Thread =
        "select k.agent as Agent, k.context as Context, k.summary as Summary, coalesce(@WhenBusy, k.when_busy, @DefaultWhenBusy) as WhenBusy " +
        $"from threads k where {IsNamed};";

    /// <summary>A run <c>o</c> is in hand.</summary>
    private const string InHand = "o.outcome is null and o.lease_until > @Now";

    /// <summary>A run <c>o</c> goes before the run <c>r</c>, which is the one that asks.</summary>
    private const string GoesFirst = $"from runs o, runs r where r.run_id = @RunId and o.thread_id = r.thread_id and {InHand} and o.turn < r.turn";

    /// <summary>The runs that go first.</summary>
    private const string Ahead = $"select o.run_id as RunId, o.user_id as UserId, o.worker_id as WorkerId {GoesFirst} order by o.turn;";

    /// <summary>No run may begin in the thread <c>k</c>, whose owner's usage is <c>u</c>. A thread without runs is new, and counted already.</summary>
    private const string OverQuota =
        "(coalesce(k.bytes, 0) >= @MaxThreadBytes or coalesce(u.bytes, 0) >= @MaxBytes " +
        "or (coalesce(u.threads, 0) > @MaxThreads and not exists (select 1 from runs f where f.thread_id = k.thread_id)))";

    private const string MessageColumns =
        "message_id as MessageId, role as Role, content as Content, tool_calls as ToolCalls, tool_call_id as ToolCallId, " +
        "run_id as RunId, agent as Agent, partial as Partial";

    // pictures are large: only those of the newest messages are shown to a model again
    private const string NewestImages = "case when row_number() over (order by position desc) <= 12 then images end as Images";

    /// <summary>
    /// Eight results: two of nothing; the claim taken over; the claim of a new run; the run as it stands; its thread; the runs that go
    /// first; the newest messages. The two claims exclude each other. The column <c>threads.user_id</c> holds <see cref="ThreadOwner"/>. A run
    /// that its thread rejects is stored as ended at once. A run that the quota rejects, and a thread whose key another
    /// transaction takes at the same time, yield no claim and no run: the transaction is to be undone.
    /// </summary>
    public string BeginRun { get; } = database.LockRun + database.LockThread + $"""

        update runs set worker_id = @WorkerId, attempt = attempt + 1, lease_until = @LeaseUntil,
            lost_workers = lost_workers + case when given_back then 0 else 1 end, given_back = false,
            turn = case when turn is not null and lease_until > @Now then turn else {NextTurn("runs.thread_id")} end
        where run_id = @RunId and user_id = @UserId and thread_id = {Key} and outcome is null and @TakeOver
        returning {ClaimColumns};

        insert into threads (thread_id, name, user_id, created_at, updated_at)
        select case when taken.key then @RowKey else @ThreadId end, case when taken.key then @ThreadId end, @Owner, @Now, @Now
        from (select exists (select 1 from threads where thread_id = @ThreadId) as key) taken
        where {Key} is null
        on conflict do nothing;

        insert into stored_usage (owner, threads, bytes)
        select k.user_id, 1, {MessageBytes(database)} from threads k where {IsNamed} and k.bytes is null
        on conflict (owner) do update set threads = stored_usage.threads + 1, bytes = stored_usage.bytes + excluded.bytes;

        update threads as k set bytes = {MessageBytes(database)} where {IsNamed} and k.bytes is null;

        insert into runs (run_id, thread_id, user_id, worker_id, attempt, cancel_requested, created_at, lease_until, turn, outcome, error_code, error_message, ended_at)
        select @RunId, asked.thread_id, @UserId, @WorkerId, 1, asked.cancelled, @Now, @LeaseUntil, {NextTurn("asked.thread_id")},
            case when asked.refused then 'Failed' end, case when asked.refused then @ConflictCode end,
            case when asked.refused then @ConflictMessage end, case when asked.refused then @Now end
        from (
            select busy.thread_id, busy.cancelled,
                not busy.cancelled and busy.others > 0
                    and (busy.others > @MaxWaiting or coalesce(@WhenBusy, busy.when_busy, @DefaultWhenBusy) = 'Reject') as refused
            from (
                select k.thread_id, k.when_busy, (select count(*) from runs o where o.thread_id = k.thread_id and {InHand}) as others,
                    exists (select 1 from cancel_marks where run_id = @RunId and user_id = @UserId) as cancelled
                from threads k left join stored_usage u on u.owner = k.user_id
                where {IsNamed} and not {OverQuota}) busy) asked
        where true
        on conflict (run_id) do nothing
        returning {ClaimColumns};

        select {RunColumns} from runs where run_id = @RunId;

        {Thread}

        {Ahead}

        {History()}
        """;

    /// <summary>Why a run that was not claimed is refused: one row when a quota is reached. To be asked in the same transaction.</summary>
    public string FindQuota { get; } = $"""
        select k.bytes >= @MaxThreadBytes as ThreadIsFull, coalesce(u.bytes, 0) >= @MaxBytes as OwnerIsFull
        from threads k left join stored_usage u on u.owner = k.user_id
        where {IsNamed} and {OverQuota}
        """;

    /// <summary>Adds <c>@Bytes</c> to what a thread and its owner have stored, where the thread is counted. <c>@Key</c> is the key of its row.</summary>
    public string CountBytes { get; } = """
        update threads set bytes = bytes + @Bytes where thread_id = @Key;

        update stored_usage set bytes = bytes + @Bytes where owner = (select k.user_id from threads k where k.thread_id = @Key and k.bytes is not null);
        """;

    /// <summary>
    /// Five results: the claim, when it is in force and its turn has come; the run as it stands; its thread; the runs that go first; the
    /// newest messages, none while a run goes first: a waiting run asks often.
    /// </summary>
    public string TakeTurn { get; } = $"""
        update runs set lease_until = @LeaseUntil
        where run_id = @RunId and worker_id = @WorkerId and attempt = @Attempt and outcome is null
            and not exists (select 1 from runs o where o.thread_id = runs.thread_id and {InHand} and o.turn < runs.turn)
        returning {ClaimColumns};

        select {RunColumns} from runs where run_id = @RunId;

        {Thread}

        {Ahead}

        {History(when: $"not exists (select 1 {GoesFirst})")}
        """;

    /// <summary>Ends the run if the claim is in force, and returns the key of its thread.</summary>
    public string EndRun { get; } = """
        update runs set outcome = @Outcome, error_code = @ErrorCode, error_message = @ErrorMessage, ended_at = @Now, journal = null
        where run_id = @RunId and worker_id = @WorkerId and attempt = @Attempt and outcome is null
        returning thread_id
        """;

    /// <summary>Writes down where the run is if the claim is in force.</summary>
    public string SaveJournal { get; } =
        "update runs set journal = @Journal where run_id = @RunId and worker_id = @WorkerId and attempt = @Attempt and outcome is null";

    /// <summary>Locks the thread's row, so that positions are given out by one transaction at a time.</summary>
    public string TouchThread { get; } =
        "update threads set updated_at = @Now, agent = coalesce(@Agent, agent), context = coalesce(@Context, context) where thread_id = @Key";

    /// <summary>Appends one message unless its id is there.</summary>
    public string AppendMessage { get; } = """
        insert into messages
            (thread_id, position, message_id, role, content, tool_calls, tool_call_id, run_id, agent, partial, images, created_at)
        select @Key, coalesce(max(position), 0) + 1,
            @MessageId, @Role, @Content, @ToolCalls, @ToolCallId, @RunId, @Agent, @Partial, @Images, @Now
        from messages where thread_id = @Key
        on conflict (thread_id, message_id) do nothing
        """;

    /// <summary>
    /// Two results: nothing of meaning; the worker of the run if the user may stop it and it has not ended. Without a run a mark is left,
    /// and some of those that are too old to matter are removed, and the user's oldest beyond <c>@MostMarks</c>. <c>@ThreadId</c> of
    /// <c>@Owner</c> is a thread whose runs the user may stop as well, or both are null.
    /// </summary>
    public string RequestCancel { get; } = database.LockRun + $"""

        insert into cancel_marks (run_id, user_id, created_at)
        select @RunId, @UserId, @Now
        where not exists (select 1 from runs where run_id = @RunId)
        on conflict (run_id, user_id) do update set created_at = excluded.created_at;

        delete from cancel_marks where (run_id, user_id) in (
            select run_id, user_id from cancel_marks where created_at < @Expired order by created_at limit 100 {database.SkipLocked});

        delete from cancel_marks where user_id = @UserId and run_id in (
            select run_id from cancel_marks where user_id = @UserId and run_id <> @RunId
            order by created_at desc limit 1000 offset @MostMarks - 1 {database.SkipLocked});

        update runs set cancel_requested = true
        where run_id = @RunId and (user_id = @UserId or thread_id = {Key}) and outcome is null
        returning worker_id;
        """;

    /// <summary>The messages of a run of the user, or of a thread that the user may see.</summary>
    public string LoadRun { get; } = $"""
        select {MessageColumns}
        from messages
        where run_id = @RunId
            and thread_id = (select thread_id from runs where run_id = @RunId and (user_id = @UserId or thread_id = {Key}))
        order by position
        """;

    /// <summary>A run of the user, or of a thread that the user may see.</summary>
    public string FindRun { get; } =
        $"select {RunColumns} from runs where run_id = @RunId and (user_id = @UserId or thread_id = {Key})";

    /// <summary>The place behind all runs of a thread that have not ended.</summary>
    /// <param name="key">The key of the thread.</param>
    private static string NextTurn(string key) => $"(select coalesce(max(l.turn), 0) + 1 from runs l where l.thread_id = {key} and l.outcome is null)";

    /// <summary>What the messages of the thread <c>k</c> count.</summary>
    private static string MessageBytes(StoreDatabase database) =>
        $"(select coalesce(sum({database.ByteLength("m.content")} + coalesce({database.ByteLength("m.tool_calls")}, 0) " +
        $"+ coalesce({database.ByteLength("m.images")}, 0) + {RowBytes}), 0) from messages m where m.thread_id = k.thread_id)";

    /// <summary>The newest messages, newest first: as many as are wanted, and no more than the one that reaches the wanted size.</summary>
    /// <param name="when">A condition for all of them.</param>
    private static string History(string when = "true") => $"""
        select {MessageColumns}, {NewestImages}
        from (
            select newest.*, sum(length(content) + coalesce(length(tool_calls), 0)) over (order by position desc)
                - length(content) - coalesce(length(tool_calls), 0) as newer
            from (
                select * from messages
                where thread_id = {Key}
                    and (not @Summarised or position > (select k.summary_position from threads k where {IsNamed}))
                    and {when}
                order by position desc
                limit @HistoryLimit) newest) shown
        where newer < @HistoryChars
        order by position desc;
        """;
}
