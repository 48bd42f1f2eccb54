using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace StreamChat.Storage.Providers;

/// <summary>One use of a command that its connection keeps. Has parameters only once it has its text.</summary>
internal sealed class PreparedCommand(PreparedConnection connection) : DbCommand
{
    // as many as the statements have names
    private static readonly ConcurrentDictionary<string, string> Prefixed = new(StringComparer.Ordinal);

    private SqliteCommand? _inner;
    private bool _isBroken;

    [AllowNull]
    public override string CommandText
    {
        get => _inner?.CommandText ?? "";
        set
        {
            if (_inner is null)
            {
                _inner = connection.Take(value ?? "");
            }
            else
            {
                // with the parameters that it has
                _inner.CommandText = value;
            }
        }
    }

    public override int CommandTimeout
    {
        get => Inner.CommandTimeout;
        set => Inner.CommandTimeout = value;
    }

    public override CommandType CommandType
    {
        get => CommandType.Text;
        set
        {
            if (value != CommandType.Text)
            {
                throw new NotSupportedException("SQLite has text commands only.");
            }
        }
    }

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    protected override DbConnection? DbConnection
    {
        get => connection;
        set => throw new NotSupportedException("A command stays with its connection.");
    }

    protected override DbParameterCollection DbParameterCollection => Inner.Parameters;

    protected override DbTransaction? DbTransaction
    {
        get => Inner.Transaction;
        set => Inner.Transaction = (SqliteTransaction?)value;
    }

    private SqliteCommand Inner => _inner ?? throw new InvalidOperationException("The command has no text yet.");

    public override void Cancel() => _inner?.Cancel();

    public override int ExecuteNonQuery() => Guard(static c => c.ExecuteNonQuery());

    public override object? ExecuteScalar() => Guard(static c => c.ExecuteScalar());

    public override void Prepare() => Inner.Prepare();

    protected override DbParameter CreateDbParameter() => Inner.CreateParameter();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Guard(c => c.ExecuteReader(behavior));

    protected override void Dispose(bool disposing)
    {
        if (disposing && _inner is { } inner)
        {
            _inner = null;
            if (_isBroken)
            {
                inner.Dispose();
            }
            else
            {
                connection.Keep(inner);
            }
        }

        base.Dispose(disposing);
    }

    /// <summary>
    /// Names the parameters as the statements do. The library looks for one without its prefix in every statement under three names,
    /// one after the other, for each use of the command.
    /// </summary>
    private static void Prefix(SqliteParameterCollection parameters)
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            var parameter = parameters[i];
            if (parameter.ParameterName is [not '@', ..] name)
            {
                parameter.ParameterName = Prefixed.GetOrAdd(name, static n => $"@{n}");
            }
        }
    }

    /// <summary>A command that failed may have a statement half done; it is not used again.</summary>
    private T Guard<T>(Func<SqliteCommand, T> execute)
    {
        _isBroken = true;
        Prefix(Inner.Parameters);
        var result = execute(Inner);
        _isBroken = false;
        return result;
    }
}
