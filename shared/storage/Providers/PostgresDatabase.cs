using System.Data;
using System.Data.Common;
using Npgsql;

namespace StreamChat.Storage.Providers;

/// <summary>A PostgreSQL server, reached through a pool of connections.</summary>
internal sealed class PostgresDatabase(StoreOptions options) : StoreDatabase, IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(Complete(options));

    // the first number keeps our advisory locks apart from those of others in the database
    public override string LockRun => "select pg_advisory_xact_lock(727001, hashtext(@RunId));";

    // The second lock is the one that processes from before migration 12 take: they lock the key of the row. It is taken only where the
    // key is the thread's own id, so owners that use the same id do not wait for each other.
    public override string LockThread => """
        select pg_advisory_xact_lock(727005, hashtext(@RowKey)), (
            select pg_advisory_xact_lock(727005, hashtext(thread_id))
            from threads where user_id = @Owner and coalesce(name, thread_id) = @ThreadId and name is null);
        """;

    public override string LockRoom => "select pg_advisory_xact_lock(727003, hashtext(@RoomId));";

    public override string LockRoomCreator => "select pg_advisory_xact_lock(727004, hashtext(@UserId));";

    public override string LockUserData => "select pg_advisory_xact_lock(727006, hashtext(@UserId));";

    public override string LockSchema => "select pg_advisory_xact_lock(727002, 0);";

    public override string SkipLocked => "for update skip locked";

    public override string? AskTime => "select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)";

    public override string ByteLength(string column) => $"octet_length({column})";

    public override string IsAmong(string column, string parameter) => $"{column} = any({parameter})";

    public override string JsonRows(string parameter, params IReadOnlyList<(string Name, string Type)> columns) =>
        $"(select * from json_to_recordset(cast({parameter} as json)) as given({string.Join(", ", columns.Select(c => $"{c.Name} {c.Type}"))}))";

    // classes of errors: data, integrity, limits of a statement (https://www.postgresql.org/docs/current/errcodes-appendix.html)
    public override bool IsRejected(DbException failure) => failure.SqlState is ['2', '2' or '3', ..] or ['5', '4', ..];

    public override async Task<StoreTransaction> BeginAsync(CancellationToken cancellationToken)
    {
        var connection = await _source.OpenConnectionAsync(cancellationToken);
        try
        {
            return new Scope(connection, await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    internal static NpgsqlConnectionStringBuilder Complete(StoreOptions options)
    {
        // the store's own deadline ends a call first; these end what is left of it on the connection
        var seconds = (int)Math.Ceiling(options.Timeout.TotalSeconds) + 1;

        // .NET images have no Kerberos library, and the attempt to load it writes to the error output (https://github.com/dotnet/core/issues/10379);
        // what the operator's string says comes later and wins
        var builder = new NpgsqlConnectionStringBuilder($"GSS Encryption Mode=Disable;{options.ConnectionString}") { Timeout = seconds, CommandTimeout = seconds };
        builder.ApplicationName ??= "StreamChat";
        return builder;
    }

    private sealed class Scope(NpgsqlConnection connection, NpgsqlTransaction transaction) : StoreTransaction
    {
        public override DbConnection Connection => connection;

        protected override DbTransaction Transaction => transaction;

        public override Task CommitAsync(CancellationToken cancellationToken) => transaction.CommitAsync(cancellationToken);

        public override async ValueTask DisposeAsync()
        {
            try
            {
                await transaction.DisposeAsync();
            }
            finally
            {
                await connection.DisposeAsync();
            }
        }
    }
}
