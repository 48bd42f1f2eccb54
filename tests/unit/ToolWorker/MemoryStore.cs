using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Identity;
using StreamChat.Storage;
using StreamChat.Storage.Providers;
using StreamChat.ToolWorker;
using StreamChat.ToolWorker.Tools;
using StreamChat.ToolWorker.Tools.Ledger;

namespace StreamChat.UnitTests.ToolWorker;

/// <summary>A database in memory, for what needs one to be there.</summary>
internal sealed class MemoryStore : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly SqliteDatabase _database;
    private readonly SqlTransactions _transactions;

    public MemoryStore()
    {
        StoreOptions options = new() { ConnectionString = "Data Source=:memory:" };
        _database = new SqliteDatabase(options, TimeProvider.System);
        _transactions = new SqlTransactions(_database, options, TimeProvider.System);

        // in memory nothing is waited for
        _transactions.InitializeAsync(CancellationToken.None).GetAwaiter().GetResult();
    }

    public CallLedger Ledger(TimeProvider time) => new(
        _database,
        _transactions,
        new ToolWorkerIdentity(new SystemIdGenerator(TimeProvider.System)),
        Options.Create(new LedgerOptions()),
        new ToolMetrics(_services.GetRequiredService<IMeterFactory>()),
        time,
        NullLogger<CallLedger>.Instance);

    public void Dispose()
    {
        _database.Dispose();
        _services.Dispose();
    }
}
