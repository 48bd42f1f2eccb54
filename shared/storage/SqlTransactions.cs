using System.Data.Common;
using Dapper;
using StreamChat.Storage.Providers;

namespace StreamChat.Storage;

/// <summary>
/// How the stores work on their database: every operation is one transaction with one deadline, and fails with
/// <see cref="StoreUnavailableException"/> only, until the schema is there as well.
/// </summary>
internal sealed class SqlTransactions(StoreDatabase database, StoreOptions options, TimeProvider time)
{
    /// <summary>
    /// How long a change of the schema may take, beyond <see cref="StoreOptions.Timeout"/>: it may build an index over a large table.
    /// </summary>
    private static readonly TimeSpan SchemaTimeout = TimeSpan.FromMinutes(10);

    private readonly StoreClock _clock = new(time);
    private volatile bool _initialized;

    /// <inheritdoc cref="StoreClock.Now"/>
    public long Now => _clock.Now;

    /// <summary>Brings the schema up to date, under a lock, so that processes that start together do it once.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="patient">Whether a change of the schema may take longer than other work; nothing is changed when the time is over.</param>
    public async Task InitializeAsync(CancellationToken cancellationToken, bool patient = false)
    {
        await GuardAsync(
            async token =>
            {
                await Migrations.ApplyAsync(database, time, token);
                return true;
            },
            patient ? SchemaTimeout : options.Timeout,
            cancellationToken);
        _initialized = true;
        await PingAsync(cancellationToken);
    }

    /// <summary>Work answers with its result and whether to commit.</summary>
    public async Task<T> RunAsync<T>(
        Func<StoreTransaction, CancellationToken, Task<(T Result, bool Commit)>> work, CancellationToken cancellationToken)
    {
        if (!_initialized)
        {
            throw new StoreUnavailableException("The database has not been reached yet.");
        }

        return await GuardAsync(
            async token =>
            {
                await using var transaction = await database.BeginAsync(token);
                var (result, commit) = await work(transaction, token);
                if (commit)
                {
                    await transaction.CommitAsync(token);
                }

                return result;
            },
            options.Timeout,
            cancellationToken);
    }

    /// <summary>Asks the database for the time, which shows as well whether it answers.</summary>
    /// <exception cref="StoreUnavailableException">It does not.</exception>
    public Task PingAsync(CancellationToken cancellationToken) =>
        RunAsync(
            async (transaction, token) =>
            {
                var told = await transaction.Connection.ExecuteScalarAsync<long>(transaction.Command(database.AskTime ?? "select 1", null, token));
                if (database.AskTime is not null)
                {
                    _clock.Set(told);
                }

                return (told, false);
            },
            cancellationToken);

    private async Task<T> GuardAsync<T>(Func<CancellationToken, Task<T>> work, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await work(linked.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException e)
        {
            throw new StoreUnavailableException($"The database did not answer within {timeout}.", e);
        }
        catch (Exception e) when (e is DbException or TimeoutException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new StoreUnavailableException($"The database failed: {e.Message}", e) { IsRejected = e is DbException failure && database.IsRejected(failure) };
        }
    }
}
