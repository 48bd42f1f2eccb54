using System.Data.Common;

namespace StreamChat.Storage.Providers;

/// <summary>What differs between the databases. All else is SQL that both understand.</summary>
internal abstract class StoreDatabase
{
    /// <summary>
    /// A query, its result without meaning, that makes transactions on the run <c>@RunId</c> wait for each other until they end,
    /// also while the run has no row yet.
    /// </summary>
    public abstract string LockRun { get; }

    /// <summary>
    /// The same for the thread <c>@ThreadId</c> of <c>@Owner</c>, whose row may have the key <c>@RowKey</c>. To be taken after the run's.
    /// </summary>
    public abstract string LockThread { get; }

    /// <summary>The same for the room <c>@RoomId</c>.</summary>
    public abstract string LockRoom { get; }

    /// <summary>The same for the user <c>@UserId</c> who makes a room.</summary>
    public abstract string LockRoomCreator { get; }

    /// <summary>The same for what the user <c>@UserId</c> has had kept by tools.</summary>
    public abstract string LockUserData { get; }

    /// <summary>The same for transactions that change the schema.</summary>
    public abstract string LockSchema { get; }

    /// <summary>Ends a subquery that picks rows to delete: leaves out the rows that another transaction has picked.</summary>
    public abstract string SkipLocked { get; }

    /// <summary>Asks for its time in Unix milliseconds; null where it has none of its own.</summary>
    public abstract string? AskTime { get; }

    /// <summary>How many bytes a text has in UTF-8; null for null.</summary>
    /// <param name="column">The column that holds it.</param>
    public abstract string ByteLength(string column);

    /// <summary>Whether a column is one of an array's values.</summary>
    /// <param name="column">The column.</param>
    /// <param name="parameter">The parameter, with its <c>@</c>.</param>
    public abstract string IsAmong(string column, string parameter);

    /// <summary>A table, to be named by who selects from it, made of a JSON array of objects whose members are its columns.</summary>
    /// <param name="parameter">The parameter that holds the JSON, with its <c>@</c>.</param>
    /// <param name="columns">Its columns, each with its type.</param>
    public abstract string JsonRows(string parameter, params IReadOnlyList<(string Name, string Type)> columns);

    /// <summary>Whether a failure is of what was to be written, and not of the database.</summary>
    /// <param name="failure">The failure.</param>
    public abstract bool IsRejected(DbException failure);

    /// <summary>Begins a transaction that may write. Statements in it see what others have committed before them.</summary>
    /// <param name="cancellationToken">Gives up; the only bound on the wait for a connection or a lock.</param>
    /// <returns>The transaction, undone when disposed without a commit.</returns>
    public abstract Task<StoreTransaction> BeginAsync(CancellationToken cancellationToken);
}
