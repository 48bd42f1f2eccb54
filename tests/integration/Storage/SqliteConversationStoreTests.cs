using StreamChat.Storage;
using StreamChat.TestSupport.Processes;

namespace StreamChat.IntegrationTests.Storage;

public sealed class SqliteConversationStoreTests : ConversationStoreTests
{
    private readonly TemporaryFolder _folder = new();
    private int _files;

    private protected override Task<StoreOptions> CreateDatabaseAsync()
    {
        var file = _folder.File($"nested/store-{++_files}.db");
        return Task.FromResult(new StoreOptions { Provider = StoreProvider.Sqlite, ConnectionString = $"Data Source={file}" });
    }

    protected override Task DropDatabaseAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }
}
