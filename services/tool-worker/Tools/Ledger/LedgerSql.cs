using StreamChat.Storage.Providers;

namespace StreamChat.ToolWorker.Tools.Ledger;

/// <summary>The statements about calls, in the SQL that SQLite and PostgreSQL share.</summary>
internal sealed class LedgerSql(StoreDatabase database)
{
    private const string Key = "run_id = @RunId and tool_call_id = @ToolCallId";

    /// <summary>Changes nothing when the call is there; waits for a transaction that is about to write the same call.</summary>
    public string Begin { get; } = """
        insert into tool_calls (run_id, tool_call_id, fingerprint, worker_id, started_at, alive_until, completed)
        values (@RunId, @ToolCallId, @Fingerprint, @WorkerId, @Now, @AliveUntil, false)
        on conflict (run_id, tool_call_id) do nothing
        """;

    public string Find { get; } = $"""
        select fingerprint as Fingerprint, alive_until as AliveUntil, completed as Completed, result as Result, error as Error, context as Context
        from tool_calls where {Key}
        """;

    public string Complete { get; } =
        $"update tool_calls set completed = true, result = @Result, error = @Error, context = @Context where {Key} and not completed";

    public string Renew { get; } = $"update tool_calls set alive_until = @AliveUntil where {Key} and not completed";

    public string RemoveOld { get; } = $"""
        delete from tool_calls where (run_id, tool_call_id) in (
            select run_id, tool_call_id from tool_calls where started_at < @Before order by started_at limit @Most {database.SkipLocked})
        """;
}

/// <summary>A call as it is recorded.</summary>
internal sealed record LedgerRow
{
    public required string Fingerprint { get; init; }

    public required long AliveUntil { get; init; }

    public required bool Completed { get; init; }

    public string? Result { get; init; }

    public string? Error { get; init; }

    public string? Context { get; init; }
}
