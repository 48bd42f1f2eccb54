using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace StreamChat.Storage.Providers;

/// <summary>
/// A SQLite connection that keeps its commands, so that a statement is compiled once and not at each use, which takes several times as
/// long as running it. One command at a time of each text; the connection belongs to one transaction at a time anyway.
/// </summary>
/// <param name="inner">The connection; disposed with this one.</param>
internal sealed class PreparedConnection(SqliteConnection inner) : DbConnection
{
    // more than the store has texts; those that Dapper writes out anew for each list would else stay for ever
    private const int MostKept = 128;

    private readonly Dictionary<string, SqliteCommand> _kept = new(StringComparer.Ordinal);

    public SqliteConnection Inner => inner;

    [AllowNull]
    public override string ConnectionString
    {
        get => inner.ConnectionString;
        set => inner.ConnectionString = value;
    }

    public override string Database => inner.Database;

    public override string DataSource => inner.DataSource;

    public override string ServerVersion => inner.ServerVersion;

    public override ConnectionState State => inner.State;

    public override void ChangeDatabase(string databaseName) => inner.ChangeDatabase(databaseName);

    public override void Open() => inner.Open();

    public override void Close()
    {
        foreach (var command in _kept.Values)
        {
            command.Dispose();
        }

        _kept.Clear();
        inner.Close();
    }

    /// <summary>Takes a command out, compiled if it was used before.</summary>
    public SqliteCommand Take(string text)
    {
        if (_kept.Remove(text, out var command))
        {
            return command;
        }

        command = inner.CreateCommand();
        command.CommandText = text;
        return command;
    }

    /// <summary>Puts a command back for the next use of its text.</summary>
    public void Keep(SqliteCommand command)
    {
        if (_kept.Count >= MostKept || State != ConnectionState.Open)
        {
            command.Dispose();
            return;
        }

        command.Parameters.Clear();
        if (!_kept.TryAdd(command.CommandText, command))
        {
            command.Dispose();
        }
    }

    protected override DbCommand CreateDbCommand() => new PreparedCommand(this);

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => inner.BeginTransaction(isolationLevel);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
