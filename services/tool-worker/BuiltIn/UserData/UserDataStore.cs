using Dapper;
using StreamChat.Contracts;
using StreamChat.Storage;
using StreamChat.Storage.Providers;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.BuiltIn.UserData;

/// <summary>Reads and writes what users had kept. Every statement names the user, so that nobody sees what is another's.</summary>
internal sealed class UserDataStore(StoreDatabase database, SqlTransactions transactions)
{
    private readonly UserDataSql _sql = new(database);

    public UserDataSql Sql => _sql;

    /// <summary>Reads in a transaction of its own.</summary>
    /// <exception cref="ToolException">The database cannot be reached, or the user has no name.</exception>
    public async Task<IReadOnlyList<T>> ReadAsync<T>(string sql, string userId, CancellationToken cancellationToken)
    {
        Check(userId);
        try
        {
            return await transactions.RunAsync(
                async (transaction, token) => (await ReadAsync<T>(transaction, sql, userId, token), false), cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            throw new ToolException("The database cannot be reached. Try again later.");
        }
    }

    /// <summary>What the user has, for a change that depends on it: nobody else changes it until the transaction of the call ends.</summary>
    /// <exception cref="ToolException">The user has no name.</exception>
    public async Task<IReadOnlyList<T>> LockAsync<T>(ToolCallContext call, string sql, CancellationToken cancellationToken)
    {
        Check(call.UserId);
        await call.Transaction!.Connection.ExecuteAsync(call.Transaction.Command(_sql.Lock, new { call.UserId }, cancellationToken));
        return await ReadAsync<T>(call.Transaction, sql, call.UserId, cancellationToken);
    }

    /// <summary>Adds a text, within the transaction of the call.</summary>
    /// <returns>Its number.</returns>
    public Task<long> AddAsync(ToolCallContext call, string sql, string text, CancellationToken cancellationToken) =>
        call.Transaction!.Connection.ExecuteScalarAsync<long>(
            call.Transaction.Command(sql, new { call.UserId, Text = text, transactions.Now }, cancellationToken));

    /// <summary>Changes what has a number, within the transaction of the call.</summary>
    public Task<int> ChangeAsync(ToolCallContext call, string sql, long number, CancellationToken cancellationToken) =>
        call.Transaction!.Connection.ExecuteAsync(
            call.Transaction.Command(sql, new { call.UserId, Number = number, transactions.Now }, cancellationToken));

    /// <summary>Sets or removes a preference, within the transaction of the call.</summary>
    public Task<int> ChangeAsync(ToolCallContext call, string sql, string name, string? value, CancellationToken cancellationToken) =>
        call.Transaction!.Connection.ExecuteAsync(
            call.Transaction.Command(sql, new { call.UserId, Name = name, Value = value, transactions.Now }, cancellationToken));

    private static void Check(string userId)
    {
        if (userId == KnownUsers.Anonymous)
        {
            throw new ToolException("The user has given no name, so nothing can be kept: everybody without one would see it.");
        }
    }

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(StoreTransaction transaction, string sql, string userId, CancellationToken token) =>
        [.. await transaction.Connection.QueryAsync<T>(transaction.Command(sql, new { UserId = userId }, token))];
}
