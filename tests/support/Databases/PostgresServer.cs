using System.Globalization;
using Npgsql;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Waiting;
using Xunit;

namespace StreamChat.TestSupport.Databases;

/// <summary>
/// A real PostgreSQL: the one that <c>POSTGRES_CONNECTION</c> names, else one of our own from the machine's installation, with its
/// own port and data.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    /// <summary>The variable that holds the connection string of a server to use, with the right to create databases.</summary>
    public const string ConnectionVariable = "POSTGRES_CONNECTION";

    private const string Installations = "/usr/lib/postgresql";
    private const string ServerUser = "postgres";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    private readonly string? _given = Environment.GetEnvironmentVariable(ConnectionVariable);
    private readonly int _port = FreePorts.Next();
    private TemporaryFolder? _folder;
    private ChildProcess? _server;
    private int _databases;

    /// <summary>The server's own database.</summary>
    public string ConnectionString => !string.IsNullOrEmpty(_given)
        ? _given
        : $"Host=127.0.0.1;Port={_port};Username={ServerUser};Database=postgres";

    /// <summary>Whether it can be stopped; false for one that was given to us.</summary>
    public bool IsOurs => string.IsNullOrEmpty(_given);

    /// <summary>Starts it, with the data it had, and waits until it takes connections.</summary>
    public async Task StartAsync()
    {
        if (!IsOurs)
        {
            return;
        }

        if (_folder is null)
        {
            _folder = new TemporaryFolder();
            await InitializeDataAsync(_folder.Path);
        }

        _server = Start("postgres",
            "-D", DataFolder, "-p", _port.ToString(CultureInfo.InvariantCulture),
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", "fsync=off");
        try
        {
            await Eventually.TrueAsync(AnswersAsync, StartDeadline, $"PostgreSQL answers on port {_port}");
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"{e.Message}\n{_server.Output}", e);
        }
    }

    /// <summary>Ends it at once. The data and the port stay for the next start.</summary>
    public async Task StopAsync()
    {
        if (_server is not null)
        {
            // SIGTERM would wait for clients; killing the parent ends its children too, which notice
            await _server.DisposeAsync();
            _server = null;
        }
    }

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

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder?.Dispose();
    }

    private string DataFolder => _folder!.File("data");

    private async Task InitializeDataAsync(string folder)
    {
        if (Environment.IsPrivilegedProcess)
        {
            await ChildProcess.RunAsync("chown", [ServerUser, folder]);
        }

        await using var initdb = Start(
            "initdb", "-D", DataFolder, "-U", ServerUser, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync");
        await initdb.WaitForExitAsync(StartDeadline);
        if (initdb.ExitCode != 0)
        {
            throw new InvalidOperationException($"initdb ended with {initdb.ExitCode}:\n{initdb.Output}");
        }
    }

    /// <summary>PostgreSQL refuses to run as root: then it runs as its own user, by a command that becomes it.</summary>
    private ChildProcess Start(string program, params IReadOnlyList<string> arguments)
    {
        var path = FindProgram(program);
        return Environment.IsPrivilegedProcess
            ? ChildProcess.Start(
                "setpriv",
                [$"--reuid={ServerUser}", $"--regid={ServerUser}", "--init-groups", path, .. arguments],
                workingDirectory: _folder!.Path)
            : ChildProcess.Start(path, arguments, workingDirectory: _folder!.Path);
    }

    private static string FindProgram(string program) =>
        Directory.Exists(Installations)
        && Directory.GetDirectories(Installations)
            .OrderDescending(StringComparer.Ordinal)
            .Select(version => Path.Combine(version, "bin", program))
            .FirstOrDefault(File.Exists) is { } path
            ? path
            : throw new InvalidOperationException($"PostgreSQL is not installed under {Installations}, and {ConnectionVariable} is not set.");

    private async Task<bool> AnswersAsync()
    {
        if (_server!.HasExited)
        {
            throw new InvalidOperationException($"PostgreSQL ended with {_server.ExitCode}:\n{_server.Output}");
        }

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
