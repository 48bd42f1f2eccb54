using Npgsql;
using StreamChat.TestSupport.Servers;
using StreamChat.TestSupport.Waiting;
using Xunit;

namespace StreamChat.TestSupport.Databases;

/// <summary>A real PostgreSQL, chosen by <see cref="ServerChoice"/>; <c>POSTGRES_CONNECTION</c> names one to use.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    /// <summary>The variable that holds the connection string of a server to use, with the right to create databases.</summary>
    public const string ConnectionVariable = "POSTGRES_CONNECTION";

    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    private readonly IDatabaseServer _server = ServerChoice.Of<IDatabaseServer>(
        "PostgreSQL",
        ConnectionVariable,
        Environment.GetEnvironmentVariable(ConnectionVariable),
        given => new GivenDatabase(given),
        () => InstalledDatabase.IsThere ? new InstalledDatabase() : null,
        ServerChoice.HasDocker,
        () => new ContainerDatabase());

    private int _databases;

    /// <summary>The server's own database.</summary>
    public string ConnectionString => _server.ConnectionString;

    /// <summary>Whether it can be stopped; false for one that was given to us.</summary>
    public bool IsOurs => _server.IsOurs;

    /// <summary>Starts it, with the data it had, and waits until it takes connections.</summary>
    public async Task StartAsync()
    {
        await _server.StartAsync();
        if (IsOurs)
        {
            await Eventually.TrueAsync(AnswersAsync, StartDeadline, $"PostgreSQL answers: {ConnectionString}");
        }
    }

    /// <summary>Ends it at once. The data and the port stay for the next start.</summary>
    public Task StopAsync() => _server.StopAsync();

    /// <summary>An empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"streamchat_test_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}";
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using var command = source.CreateCommand($"create database {name}");
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ConnectionString;
    }

    async ValueTask IAsyncLifetime.InitializeAsync() => await StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<bool> AnswersAsync()
    {
        _server.AssertRuns();
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
