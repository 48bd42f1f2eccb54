using StreamChat.Storage;
using StreamChat.TestSupport.Databases;

namespace StreamChat.IntegrationTests.Storage;

public sealed class PostgresConversationStoreTests(PostgresServer server) : ConversationStoreTests
{
    private protected override async Task<StoreOptions> CreateDatabaseAsync() =>
        new() { Provider = StoreProvider.Postgres, ConnectionString = await server.CreateDatabaseAsync() };
}
