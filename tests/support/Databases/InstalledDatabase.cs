using System.Globalization;
using StreamChat.TestSupport.Processes;

namespace StreamChat.TestSupport.Databases;

/// <summary>A server of our own from the machine's installation, with its own port and data.</summary>
internal sealed class InstalledDatabase : IDatabaseServer
{
    private const string Installations = "/usr/lib/postgresql";
    private const string ServerUser = "postgres";
    private static readonly TimeSpan InitializeDeadline = TimeSpan.FromSeconds(60);

    private readonly int _port = FreePorts.Next();
    private TemporaryFolder? _folder;
    private ChildProcess? _server;

    /// <summary>Whether there is an installation.</summary>
    public static bool IsThere => FindProgram("postgres") is not null;

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username={ServerUser};Database=postgres";

    public bool IsOurs => true;

    public async Task StartAsync()
    {
        if (_folder is null)
        {
            _folder = new TemporaryFolder();
            await InitializeDataAsync(_folder.Path);
        }

        _server = Start("postgres",
            "-D", DataFolder, "-p", _port.ToString(CultureInfo.InvariantCulture),
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", "fsync=off");
    }

    public async Task StopAsync()
    {
        if (_server is not null)
        {
            // SIGTERM would wait for clients; killing the parent ends its children too, which notice
            await _server.DisposeAsync();
            _server = null;
        }
    }

    public void AssertRuns()
    {
        if (_server is { HasExited: true } ended)
        {
            throw new InvalidOperationException($"PostgreSQL ended with {ended.ExitCode}:\n{ended.Output}");
        }
    }

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
        await initdb.WaitForExitAsync(InitializeDeadline);
        if (initdb.ExitCode != 0)
        {
            throw new InvalidOperationException($"initdb ended with {initdb.ExitCode}:\n{initdb.Output}");
        }
    }

    /// <summary>PostgreSQL refuses to run as root: then it runs as its own user, by a command that becomes it.</summary>
    private ChildProcess Start(string program, params IReadOnlyList<string> arguments)
    {
        var path = FindProgram(program) ?? throw new InvalidOperationException($"PostgreSQL has no {program} under {Installations}.");
        return Environment.IsPrivilegedProcess
            ? ChildProcess.Start(
                "setpriv",
                [$"--reuid={ServerUser}", $"--regid={ServerUser}", "--init-groups", path, .. arguments],
                workingDirectory: _folder!.Path)
            : ChildProcess.Start(path, arguments, workingDirectory: _folder!.Path);
    }

    private static string? FindProgram(string program) =>
        Directory.Exists(Installations)
            ? Directory.GetDirectories(Installations)
                .OrderDescending(StringComparer.Ordinal)
                .Select(version => Path.Combine(version, "bin", program))
                .FirstOrDefault(File.Exists)
            : null;
}
