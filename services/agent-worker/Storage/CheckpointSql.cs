using StreamChat.Storage.Providers;

namespace StreamChat.AgentWorker.Storage;

/// <summary>The statements on how far runs have come, each for many runs at once.</summary>
internal sealed class CheckpointSql(StoreDatabase database)
{
    private const string IsInForce = "runs.worker_id = given.worker and runs.attempt = given.attempt and runs.outcome is null";

    /// <summary>Notes where runs are, and holds their rows until the transaction ends: who ends one waits, or has ended it before.</summary>
    /// <remarks>Returns the runs whose claim is in force.</remarks>
    public string SaveRuns { get; } = $"""
        update runs set journal = coalesce(given.journal, runs.journal)
        from {database.JsonRows("@Rows", ("id", "text"), ("worker", "text"), ("attempt", "integer"), ("journal", "text"))} given
        where runs.run_id = given.id and {IsInForce}
        returning run_id
        """;

    /// <summary>Adds pieces of text to runs whose claim is in force.</summary>
    public string AddTexts { get; } = $"""
        insert into run_texts (run_id, attempt, part, message_id, start_at, content)
        select given.id, given.attempt, given.part, given.message, given.start, given.content
        from {database.JsonRows("@Rows", ("id", "text"), ("worker", "text"), ("attempt", "integer"), ("part", "integer"), ("message", "text"), ("start", "integer"), ("content", "text"))} given
        join runs on runs.run_id = given.id and {IsInForce}
        where true
        on conflict (run_id, attempt, part) do nothing
        """;

    /// <summary>What was said last, in order.</summary>
    public string LoadTexts { get; } = """
        select message_id as MessageId, cast(start_at as integer) as Start, content as Text from run_texts
        where run_id = @RunId and attempt = (select max(attempt) from run_texts where run_id = @RunId)
        order by part
        """;

    /// <summary>Forgets what a run had said: it has ended.</summary>
    public string DeleteTexts { get; } = "delete from run_texts where run_id = @RunId";

    /// <summary>Notes that who has or had an attempt is not lost with the run, whether another one has it already or not.</summary>
    public string LetGo { get; } = """
        update runs set given_back = given_back or (worker_id = @WorkerId and attempt = @Attempt),
            lost_workers = lost_workers - case when attempt > @Attempt and lost_workers > 0 then 1 else 0 end
        where run_id = @RunId and attempt >= @Attempt and outcome is null
        """;
}
