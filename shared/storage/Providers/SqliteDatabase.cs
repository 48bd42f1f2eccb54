using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace StreamChat.Storage.Providers;

/// <summary>
/// A SQLite file. One connection, taken in turn: SQLite has one writer at a time anyway, a turn takes well under a millisecond, and
/// those who wait for it hold no thread. Other processes may share the file.
/// </summary>
internal sealed class SqliteDatabase(StoreOptions options, TimeProvider time) : StoreDatabase, IDisposable
{
    // how long the library itself may hold a thread to wait for another process; past it we wait without a thread
    private const int BusyMilliseconds = 10;
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(5);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private PreparedConnection? _connection;

    static SqliteDatabase() => Batteries_V2.Init();

    // BEGIN IMMEDIATE has locked everything already
    public override string LockRun => "select 1;";

    public override string LockThread => "select 1;";

    public override string LockRoom => "select 1;";

    public override string LockRoomCreator => "select 1;";

    public override string LockUserData => "select 1;";

    public override string LockSchema => "select 1;";

    public override string SkipLocked => "";

    public override string? AskTime => null;

    public override string ByteLength(string column) => $"length(cast({column} as blob))";

    // which Dapper writes out
    public override string IsAmong(string column, string parameter) => $"{column} in {parameter}";

    public override string JsonRows(string parameter, params IReadOnlyList<(string Name, string Type)> columns) =>
        $"(select {string.Join(", ", columns.Select(c => $"json_extract(value, '$.{c.Name}') as {c.Name}"))} from json_each({parameter}))";

    public override bool IsRejected(DbException failure) =>
        failure is SqliteException { SqliteErrorCode: raw.SQLITE_TOOBIG or raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH };

    public override async Task<StoreTransaction> BeginAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _connection ??= await OpenAsync(cancellationToken);
            await ExecuteAsync(_connection.Inner, "BEGIN IMMEDIATE", cancellationToken);
            return new Scope(this, _connection);
        }
        catch (Exception e)
        {
            EndTurn(keepConnection: e is OperationCanceledException);
            throw;
        }
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _turn.Dispose();
    }

    private async Task<PreparedConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(SqliteFile.Resolve(options.ConnectionString));
        try
        {
            await connection.OpenAsync(cancellationToken);
            raw.sqlite3_busy_timeout(connection.Handle, BusyMilliseconds);
            await ExecuteAsync(connection, "PRAGMA journal_mode = WAL", cancellationToken);

            // with WAL a power cut may lose the last commits but never the file; a crash of the process loses nothing
            await ExecuteAsync(connection, "PRAGMA synchronous = NORMAL", cancellationToken);
            return new PreparedConnection(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Not by a command of ADO.NET, which would sleep on the thread for as long as another process holds the lock.</summary>
    private async Task ExecuteAsync(SqliteConnection connection, string sql, CancellationToken cancellationToken)
    {
        while (raw.sqlite3_exec(connection.Handle, sql) is var code && code != raw.SQLITE_OK)
        {
            if (code is not (raw.SQLITE_BUSY or raw.SQLITE_LOCKED))
            {
                SqliteException.ThrowExceptionForRC(code, connection.Handle);
            }

            await Task.Delay(BusyPause, time, cancellationToken);
        }
    }

    private void EndTurn(bool keepConnection)
    {
        if (!keepConnection)
        {
            _connection?.Dispose();
            _connection = null;
        }

        _turn.Release();
    }

    private sealed class Scope(SqliteDatabase database, PreparedConnection connection) : StoreTransaction
    {
        private bool _committed;
        private bool _disposed;

        public override DbConnection Connection => connection;

        public override async Task CommitAsync(CancellationToken cancellationToken)
        {
            await database.ExecuteAsync(connection.Inner, "COMMIT", cancellationToken);
            _committed = true;
        }

        public override ValueTask DisposeAsync()
        {
            if (!_disposed)
            {
                _disposed = true;
                database.EndTurn(keepConnection: _committed || raw.sqlite3_exec(connection.Inner.Handle, "ROLLBACK") == raw.SQLITE_OK);
            }

            return ValueTask.CompletedTask;
        }
    }
}
