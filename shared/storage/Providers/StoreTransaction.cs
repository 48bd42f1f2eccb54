using System.Data.Common;
using Dapper;

namespace StreamChat.Storage.Providers;

/// <summary>One transaction on a connection of its own. Not for use by two at once.</summary>
internal abstract class StoreTransaction : IAsyncDisposable
{
    /// <summary>The connection to work on.</summary>
    public abstract DbConnection Connection { get; }

    /// <summary>What ADO.NET wants with each command, if anything.</summary>
    protected virtual DbTransaction? Transaction => null;

    /// <summary>A statement, or several, within this transaction.</summary>
    public CommandDefinition Command(string sql, object? parameters, CancellationToken cancellationToken) =>
        new(sql, parameters, Transaction, cancellationToken: cancellationToken);

    /// <summary>Makes it so.</summary>
    public abstract Task CommitAsync(CancellationToken cancellationToken);

    /// <summary>Undoes it unless committed, and gives the connection back.</summary>
    public abstract ValueTask DisposeAsync();
}
