using StreamChat.Storage.Providers;

namespace StreamChat.AgentWorker.Storage;

/// <summary>The statements about threads as their owners see them, in the SQL that SQLite and PostgreSQL share.</summary>
internal sealed class ThreadSql(StoreDatabase database)
{
    // enough of the first question to make a title of
    private const string Columns = """
        t.thread_id as ThreadId, t.title as Title, t.agent as Agent, t.when_busy as WhenBusy, t.created_at as CreatedAt,
        t.updated_at as UpdatedAt,
        (select substr(m.content, 1, 400) from messages m where m.thread_id = t.thread_id and m.role = 'user' order by m.position limit 1) as Opening
        """;

    /// <summary>One page, by the index that has a user's threads in this order.</summary>
    public string List { get; } = $"""
        select {Columns} from threads t
        where t.user_id = @Owner and (t.updated_at, t.thread_id) < (@UpdatedAt, @ThreadId)
        order by t.updated_at desc, t.thread_id desc
        limit @Limit
        """;

    /// <summary>A thread of the owner's, with its context.</summary>
    public string Find { get; } = $"select {Columns}, t.context as Context from threads t where t.thread_id = @ThreadId and t.user_id = @Owner";

    /// <summary>
    /// The newest messages before a position, newest first: as many as asked for and as fit, one at least. Each knows how many there
    /// are up to one more than asked for.
    /// </summary>
    public string ReadBack { get; } = Page("position < @Before", "position desc");

    /// <summary>The same with the oldest messages after a position, oldest first.</summary>
    public string ReadOn { get; } = Page("position > @After", "position");

    public string Change { get; } = """
        update threads set title = coalesce(@Title, title), when_busy = coalesce(@WhenBusy, when_busy)
        where thread_id = @ThreadId and user_id = @Owner
        """;

    /// <summary>Two results: nothing of meaning; whether the thread has a run under way, no row when it is not the owner's.</summary>
    public string LockForDelete { get; } = database.LockThread + """

        select exists (select 1 from runs r where r.thread_id = t.thread_id and r.outcome is null and r.lease_until > @Now)
        from threads t where t.thread_id = @ThreadId and t.user_id = @Owner;
        """;

    public string Delete { get; } = """
        delete from messages where thread_id = @ThreadId;

        delete from tool_calls where run_id in (select run_id from runs where thread_id = @ThreadId);

        delete from runs where thread_id = @ThreadId;

        delete from threads where thread_id = @ThreadId;
        """;

    /// <summary>The runs that have not ended, in the order of their turns. What nobody has had in hand for long will not go on.</summary>
    public string ListRuns { get; } = """
        select r.run_id as RunId, r.thread_id as ThreadId, r.user_id as UserId, r.worker_id as WorkerId, r.attempt as Attempt
        from runs r
        where r.thread_id = @ThreadId and r.outcome is null and r.lease_until > @Now
            and exists (select 1 from threads t where t.thread_id = @ThreadId and t.user_id = @Owner)
        order by r.turn
        limit @Limit
        """;

    // the inner query ends at the index, so that a page costs the same in a long thread
    private static string Page(string among, string order) => $"""
        select position as Position, message_id as MessageId, role as Role, content as Content, tool_calls as ToolCalls,
            tool_call_id as ToolCallId, run_id as RunId, agent as Agent, partial as Partial, created_at as CreatedAt, found as Found
        from (
            select nearest.*, count(*) over () as found, row_number() over (order by {order}) as n,
                sum(length(content) + coalesce(length(tool_calls), 0)) over (order by {order}) as size
            from (select * from messages where thread_id = @ThreadId and {among} order by {order} limit @Limit + 1) nearest) page
        where n = 1 or (n <= @Limit and size <= @MaxText)
        order by {order}
        """;
}
