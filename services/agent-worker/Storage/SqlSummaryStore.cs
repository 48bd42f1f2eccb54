using Dapper;
using StreamChat.Storage;

namespace StreamChat.AgentWorker.Storage;

/// <summary>Summaries over SQL.</summary>
internal sealed class SqlSummaryStore(SqlTransactions transactions) : ISummaryStore
{
    private const string Load = $"""
        select k.summary as Summary, k.summary_position as Position, k.created_at as CreatedAt from threads k where {Sql.IsNamed};

        select position as Position, message_id as MessageId, role as Role, content as Content, tool_calls as ToolCalls,
            tool_call_id as ToolCallId, run_id as RunId, agent as Agent, partial as Partial
        from (
            select oldest.*, sum(length(content) + coalesce(length(tool_calls), 0)) over (order by position)
                - length(content) - coalesce(length(tool_calls), 0) as older
            from (
                select * from messages
                where thread_id = {Sql.Key} and position > (select k.summary_position from threads k where {Sql.IsNamed})
                order by position
                limit @MaxMessages) oldest) page
        where older < @MaxChars
        order by position;
        """;

    private const string Save = $"""
        update threads set summary = @Summary, summary_position = @Position
        where thread_id = {Sql.Key} and summary_position = @Before and created_at = @CreatedAt
        """;

    public Task<Unsummarised?> LoadAsync(ThreadKey thread, int maxMessages, long maxChars, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                await using var results = await transaction.Connection.QueryMultipleAsync(
                    transaction.Command(Load, new { thread.Owner, thread.ThreadId, MaxMessages = maxMessages, MaxChars = maxChars }, token));
                var summary = await results.ReadSingleOrDefaultAsync<SummaryRow>();
                var messages = await results.ReadAsync<MessageRow>();
                return (
                    summary is null ? null : new Unsummarised(summary.Summary, summary.Position, summary.CreatedAt, [.. messages.Select(m => (m.Position, m.ToMessage()))]),
                    false);
            },
            cancellationToken);

    public Task SaveAsync(ThreadKey thread, Unsummarised of, long position, string summary, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var parameters = new { thread.Owner, thread.ThreadId, Before = of.Position, of.CreatedAt, Position = position, Summary = StorableText.Clean(summary) };
                return (await transaction.Connection.ExecuteAsync(transaction.Command(Save, parameters, token)), true);
            },
            cancellationToken);

    private sealed class SummaryRow
    {
        public string? Summary { get; init; }

        public long Position { get; init; }

        public long CreatedAt { get; init; }
    }
}
