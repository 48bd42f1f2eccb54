using Npgsql;
using StreamChat.Storage;
using StreamChat.Storage.Providers;

namespace StreamChat.UnitTests.Storage;

public sealed class PostgresDatabaseTests
{
    [Theory]
    [InlineData("Host=db", GssEncryptionMode.Disable)]
    [InlineData("Host=db;GSS Encryption Mode=Prefer", GssEncryptionMode.Prefer)]
    [InlineData("GssEncryptionMode=Require;Host=db", GssEncryptionMode.Require)]
    public void Kerberos_is_not_looked_for_unless_the_operator_wants_it(string given, GssEncryptionMode expected)
    {
        var connection = PostgresDatabase.Complete(new StoreOptions { Provider = StoreProvider.Postgres, ConnectionString = given });
        Assert.Equal(("db", expected, "StreamChat"), (connection.Host, connection.GssEncryptionMode, connection.ApplicationName));
    }
}
