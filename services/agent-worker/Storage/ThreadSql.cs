using StreamChat.Storage.Providers;

namespace StreamChat.AgentWorker.Storage;

/// <summary>The statements about threads as their owners see them, in the SQL that SQLite and PostgreSQL share.</summary>
internal sealed class ThreadSql(StoreDatabase database)
{
    // enough of the first question to make a title of
    private const string Columns = """
        k.thread_id as Key, coalesce(k.name, k.thread_id) as ThreadId, k.title as Title, k.agent as Agent, k.when_busy as WhenBusy, k.created_at as CreatedAt,
        k.updated_at as UpdatedAt,
        (select substr(m.content, 1, 400) from messages m where m.thread_id = k.thread_id and m.role = 'user' order by m.position limit 1) as Opening
        """;

    /// <summary>One page, by the index that has a user's threads in this order. <c>@ThreadId</c> is the last one of the page before; it may be removed meanwhile.</summary>
    public string List { get; } = $"""
        select {Columns} from threads k
        where k.user_id = @Owner and (k.updated_at, k.thread_id) < (@UpdatedAt, coalesce({Sql.Key}, @ThreadId))
        order by k.updated_at desc, k.thread_id desc
        limit @Limit
        """;

    /// <summary>A thread of the owner's, with its context.</summary>
    public string Find { get; } = $"select {Columns}, k.context as Context from threads k where {Sql.IsNamed}";

    /// <summary>
    /// The newest messages before a position of the thread whose row has the key <c>@Key</c>, newest first: as many as asked for and as fit, one at least. Each knows how many there
    /// are up to one more than asked for.
    /// </summary>
    public string ReadBack { get; } = Page("position < @Before", "position desc");

    /// <summary>The same with the oldest messages after a position, oldest first.</summary>
    public string ReadOn { get; } = Page("position > @After", "position");

    public string Change { get; } = $"""
        update threads set title = coalesce(@Title, title), when_busy = coalesce(@WhenBusy, when_busy) where thread_id = {Sql.Key}
        """;

    /// <summary>Two results: nothing of meaning; the thread's key and whether it has a run under way, no row when the owner has no such thread.</summary>
    public string LockForDelete { get; } = database.LockThread + $"""

        select k.thread_id as Key, exists (select 1 from runs r where r.thread_id = k.thread_id and r.outcome is null and r.lease_until > @Now) as IsBusy
        from threads k where {Sql.IsNamed};
        """;

    /// <summary>Removes the thread whose row has the key <c>@Key</c>, and frees what it counted of its owner's quota.</summary>
    public string Delete { get; } = """
        delete from messages where thread_id = @Key;

        delete from tool_calls where run_id in (select run_id from runs where thread_id = @Key);

        delete from run_texts where run_id in (select run_id from runs where thread_id = @Key);

        delete from runs where thread_id = @Key;

        update stored_usage set threads = threads - 1, bytes = bytes - (select k.bytes from threads k where k.thread_id = @Key)
        where owner = (select k.user_id from threads k where k.thread_id = @Key and k.bytes is not null);

        delete from threads where thread_id = @Key;
        """;

    /// <summary>The ids of the owner's threads that were used longest ago and have no run under way.</summary>
    public string ListOldest { get; } = """
        select coalesce(k.name, k.thread_id) from threads k
        where k.user_id = @Owner and not exists (select 1 from runs r where r.thread_id = k.thread_id and r.outcome is null and r.lease_until > @Now)
        order by k.updated_at, k.thread_id
        limit @Limit
        """;

    /// <summary>The runs that have not ended, in the order of their turns. What nobody has had in hand for long will not go on.</summary>
    public string ListRuns { get; } = $"""
        select r.run_id as RunId, r.user_id as UserId, r.worker_id as WorkerId, r.attempt as Attempt
        from runs r
        where r.thread_id = {Sql.Key} and r.outcome is null and r.lease_until > @Now
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
            from (select * from messages where thread_id = @Key and {among} order by {order} limit @Limit + 1) nearest) page
        where n = 1 or (n <= @Limit and size <= @MaxText)
        order by {order}
        """;
}
