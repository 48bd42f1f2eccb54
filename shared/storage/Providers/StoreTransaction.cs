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
    /// <param name="sql">The statements.</param>
    /// <param name="parameters">Their parameters, or null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="timeoutSeconds">How long it may take; 0 for any time, null for the connection's own bound.</param>
    public CommandDefinition Command(string sql, object? parameters, CancellationToken cancellationToken, int? timeoutSeconds = null) =>
        new(sql, parameters, Transaction, timeoutSeconds, cancellationToken: cancellationToken);

    /// <summary>Makes it so.</summary>
    public abstract Task CommitAsync(CancellationToken cancellationToken);

    /// <summary>Undoes it unless committed, and gives the connection back.</summary>
    public abstract ValueTask DisposeAsync();
}
