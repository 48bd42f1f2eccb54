using Dapper;
using Microsoft.Data.Sqlite;
using StreamChat.Storage.Providers;

namespace StreamChat.UnitTests.Storage;

public sealed class PreparedConnectionTests : IDisposable
{
    private const string Insert = "insert into t (id, name) values (@Id, @Name)";

    private readonly PreparedConnection _connection = new(new SqliteConnection("Data Source=:memory:"));

    public PreparedConnectionTests()
    {
        _connection.Open();
        _connection.Execute("create table t (id integer primary key, name text)");
    }

    /// <summary>Releases before 3.50.2 have CVE-2025-6965, a memory corruption. The package audit only knows packages, not the library inside.</summary>
    [Fact]
    public void The_sqlite_library_that_is_loaded_has_no_known_vulnerability() =>
        Assert.True(Version.Parse(_connection.ServerVersion) >= new Version(3, 50, 2), $"SQLite {_connection.ServerVersion} is loaded");

    [Fact]
    public async Task A_text_is_compiled_once_and_takes_other_values_each_time()
    {
        var first = Compiled(Insert);
        foreach (var (id, name) in new[] { (1, "one"), (2, null), (3, "three") })
        {
            Assert.Equal(1, await _connection.ExecuteAsync(Insert, new { Id = id, Name = name }));
        }

        Assert.Same(first, Compiled(Insert));
        const string Several = "select name from t where id = @Id; select count(*) from t;";
        for (var i = 0; i < 2; i++)
        {
            await using var results = await _connection.QueryMultipleAsync(Several, new { Id = 3 });
            Assert.Equal("three", await results.ReadSingleAsync<string>());
            Assert.Equal(3, await results.ReadSingleAsync<int>());
        }

        Assert.Null(await _connection.QuerySingleAsync<string?>("select name from t where id = @Id", new { Id = 2 }));
    }

    [Fact]
    public async Task One_that_failed_is_not_used_again_and_the_next_works()
    {
        var first = Compiled(Insert);
        await _connection.ExecuteAsync(Insert, new { Id = 1, Name = "one" });
        await Assert.ThrowsAsync<SqliteException>(() => _connection.ExecuteAsync(Insert, new { Id = 1, Name = "again" }));

        Assert.NotSame(first, Compiled(Insert));
        Assert.Equal(1, await _connection.ExecuteAsync(Insert, new { Id = 2, Name = "two" }));
    }

    [Fact]
    public async Task Lists_of_any_length_and_results_that_are_not_read_to_their_end_do_no_harm()
    {
        for (var id = 1; id <= 300; id++)
        {
            await _connection.ExecuteAsync(Insert, new { Id = id, Name = $"{id}" });
            Assert.Equal(id, (await _connection.QueryAsync<int>("select id from t where id in @Ids", new { Ids = Enumerable.Range(1, id) })).Count());
            Assert.Equal("1", await _connection.QueryFirstAsync<string>("select name from t order by id; select 1;"));
        }
    }

    [Fact]
    public async Task A_changed_schema_is_seen()
    {
        const string All = "select * from t";
        await _connection.ExecuteAsync(Insert, new { Id = 1, Name = "one" });
        await _connection.QueryAsync(All);
        await _connection.ExecuteAsync("alter table t add column age integer default 7");

        Assert.Equal(7, (int)(long)(await _connection.QuerySingleAsync(All)).age);
    }

    public void Dispose() => _connection.Dispose();

    private SqliteCommand Compiled(string text)
    {
        var command = _connection.Take(text);
        _connection.Keep(command);
        return command;
    }
}
