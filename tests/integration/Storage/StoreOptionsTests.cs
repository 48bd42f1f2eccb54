using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Options;
using StreamChat.Storage;
using StreamChat.Storage.Providers;

namespace StreamChat.IntegrationTests.Storage;

public sealed class StoreOptionsTests
{
    [Fact]
    public void Without_configuration_it_is_a_sqlite_file_of_the_user_and_five_seconds()
    {
        var options = Read();

        Assert.Equal(StoreProvider.Sqlite, options.Provider);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Timeout);
        Assert.EndsWith("streamchat.db", SqliteFile.Resolve(options.ConnectionString).Split(';')[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Postgres", null, "00:00:05", "Store:ConnectionString")]
    [InlineData("Postgres", "no connection string", "00:00:05", "Store:ConnectionString")]
    [InlineData("Postgres", "Host=db;Port=many", "00:00:05", "Store:ConnectionString")]
    [InlineData("Sqlite", "Nonsense=1", "00:00:05", "Store:ConnectionString")]
    [InlineData("7", null, "00:00:05", "Store:Provider")]
    [InlineData("Sqlite", null, "00:00:00", "Store:Timeout")]
    [InlineData("Sqlite", null, "00:02:00", "Store:Timeout")]
    public void A_wrong_value_is_refused_by_the_name_of_its_key(string provider, string? connectionString, string timeout, string key)
    {
        var failure = Assert.Throws<OptionsValidationException>(
            () => Read(("Provider", provider), ("ConnectionString", connectionString), ("Timeout", timeout)));

        Assert.StartsWith(key, Assert.Single(failure.Failures), StringComparison.Ordinal);
    }

    private static StoreOptions Read(params IEnumerable<(string Key, string? Value)> settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"{StoreOptions.Section}:{s.Key}", s.Value)))
            .Build()
            .GetValidatedOptions<StoreOptions>(StoreOptions.Section);
}
