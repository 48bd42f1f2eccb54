using System.Globalization;
using StreamChat.TestSupport.Mcp;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.IntegrationTests.Mcp;

/// <summary>The reference server as a test has it: over either transport, and to be killed.</summary>
internal abstract class McpProcess : IAsyncDisposable
{
    public abstract (string Key, string Value)[] Settings { get; }

    /// <summary>SIGKILL.</summary>
    public abstract Task KillAsync();

    /// <summary>What it takes for it to be there again.</summary>
    public abstract Task ReviveAsync();

    public abstract ValueTask DisposeAsync();

    public static async Task<McpProcess> StartAsync(string transport)
    {
        if (transport == "Stdio")
        {
            return new Child();
        }

        var server = new Server(FreePorts.Next());
        await server.ReviveAsync();
        return server;
    }

    /// <summary>The tool-worker starts it, and does so again.</summary>
    internal sealed class Child : McpProcess
    {
        private readonly TemporaryFolder _folder = new();

        public override (string Key, string Value)[] Settings => EverythingServer.Stdio("everything", _folder.File("pid"));

        public int Id => int.Parse(File.ReadAllText(_folder.File("pid")), CultureInfo.InvariantCulture);

        public bool IsRunning => File.Exists($"/proc/{Id}/cmdline") && File.ReadAllText($"/proc/{Id}/cmdline").Contains("server-everything", StringComparison.Ordinal);

        public override Task KillAsync()
        {
            using var process = System.Diagnostics.Process.GetProcessById(Id);
            process.Kill();
            return Eventually.TrueAsync(() => !IsRunning);
        }

        public override Task ReviveAsync() => Task.CompletedTask;

        public override ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Server(int port) : McpProcess
    {
        private ChildProcess? _process;

        public override (string Key, string Value)[] Settings => EverythingServer.Http("everything", port);

        public override Task KillAsync() => _process!.KillAsync();

        public override async Task ReviveAsync() => _process = await EverythingServer.StartHttpAsync(port);

        public override ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
