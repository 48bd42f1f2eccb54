using StreamChat.Storage;
using StreamChat.TestSupport.Databases;
using StreamChat.TestSupport.Processes;
using StreamChat.ToolWorker.Tools.Ledger;

namespace StreamChat.IntegrationTests.Storage;

/// <summary>A suite that runs against both databases.</summary>
public abstract class ToolStoreTests : IAsyncLifetime
{
    private readonly List<OpenTools> _open = [];

    private protected StoreOptions Store { get; private set; } = null!;

    private protected OpenTools Tools { get; private set; } = null!;

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Store = await CreateDatabaseAsync();
        Tools = await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var tools in _open)
        {
            await tools.DisposeAsync();
        }

        await DropDatabaseAsync();
        GC.SuppressFinalize(this);
    }

    private protected abstract Task<StoreOptions> CreateDatabaseAsync();

    protected virtual Task DropDatabaseAsync() => Task.CompletedTask;

    /// <summary>One more tool-worker on the same database.</summary>
    private protected async Task<OpenTools> OpenAsync(TimeSpan shift = default, LedgerOptions? ledger = null, params IEnumerable<StreamChat.ToolWorker.Tools.Tool> more)
    {
        var clock = new ShiftedClock();
        _open.Add(new OpenTools(Store, clock, ledger, more));
        await _open[^1].Transactions.InitializeAsync(Token);
        clock.Pass(shift);
        return _open[^1];
    }
}

public sealed class SqliteUserDataTests : UserDataTests
{
    private readonly TemporaryFolder _folder = new();

    private protected override Task<StoreOptions> CreateDatabaseAsync() => Task.FromResult(SqliteFolder.Options(_folder));

    protected override Task DropDatabaseAsync() => SqliteFolder.DropAsync(_folder);
}

public sealed class PostgresUserDataTests(PostgresServer server) : UserDataTests
{
    private protected override async Task<StoreOptions> CreateDatabaseAsync() =>
        new() { Provider = StoreProvider.Postgres, ConnectionString = await server.CreateDatabaseAsync(), Timeout = TimeSpan.FromSeconds(30) };
}

public sealed class SqliteCallLedgerTests : CallLedgerTests
{
    private readonly TemporaryFolder _folder = new();

    private protected override Task<StoreOptions> CreateDatabaseAsync() => Task.FromResult(SqliteFolder.Options(_folder));

    protected override Task DropDatabaseAsync() => SqliteFolder.DropAsync(_folder);
}

public sealed class PostgresCallLedgerTests(PostgresServer server) : CallLedgerTests
{
    private protected override async Task<StoreOptions> CreateDatabaseAsync() =>
        new() { Provider = StoreProvider.Postgres, ConnectionString = await server.CreateDatabaseAsync(), Timeout = TimeSpan.FromSeconds(30) };
}

/// <summary>A SQLite file of a test's own.</summary>
internal static class SqliteFolder
{
    public static StoreOptions Options(TemporaryFolder folder) =>
        new() { Provider = StoreProvider.Sqlite, ConnectionString = $"Data Source={folder.File("store.db")}", Timeout = TimeSpan.FromSeconds(30) };

    public static Task DropAsync(TemporaryFolder folder)
    {
        folder.Dispose();
        return Task.CompletedTask;
    }
}
