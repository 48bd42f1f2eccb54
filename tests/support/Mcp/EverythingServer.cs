using StreamChat.TestSupport.Processes;

namespace StreamChat.TestSupport.Mcp;

/// <summary>The reference server of the Model Context Protocol, from <c>tests/mcp-servers</c>; it has a tool of every kind.</summary>
public static class EverythingServer
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);

    /// <summary>Its program, for node.</summary>
    /// <exception cref="FileNotFoundException">It was not fetched.</exception>
    public static string Script
    {
        get
        {
            var path = Path.Combine(RepositoryLayout.Root, "tests", "mcp-servers", "node_modules", "@modelcontextprotocol", "server-everything", "dist", "index.js");
            return File.Exists(path) ? path : throw new FileNotFoundException("Fetch it first: npm ci --prefix tests/mcp-servers (./test.sh does).", path);
        }
    }

    /// <summary>Configuration with which a tool-worker starts it and speaks to it over its standard input and output.</summary>
    /// <param name="name">Its name, and its tools' prefix.</param>
    /// <param name="processIdFile">Where it leaves its process id, anew at each start.</param>
    public static (string Key, string Value)[] Stdio(string name, string processIdFile) =>
    [
        ($"Mcp:Servers:{name}:Transport", "Stdio"),
        ($"Mcp:Servers:{name}:Command", "sh"),
        ($"Mcp:Servers:{name}:Arguments:0", "-c"),
        ($"Mcp:Servers:{name}:Arguments:1", "echo $$ > \"$1.new\" && mv \"$1.new\" \"$1\" && exec node \"$2\" stdio"),
        ($"Mcp:Servers:{name}:Arguments:2", "sh"),
        ($"Mcp:Servers:{name}:Arguments:3", processIdFile),
        ($"Mcp:Servers:{name}:Arguments:4", Script),
    ];

    /// <summary>Configuration with which a tool-worker reaches it by streamable HTTP.</summary>
    public static (string Key, string Value)[] Http(string name, int port) =>
    [
        ($"Mcp:Servers:{name}:Transport", "Http"),
        ($"Mcp:Servers:{name}:Url", $"http://127.0.0.1:{port}/mcp"),
    ];

    /// <summary>Starts it for streamable HTTP; there when this returns.</summary>
    public static Task<ChildProcess> StartHttpAsync(int port) => StartHttpAsync(port, Script);

    internal static async Task<ChildProcess> StartHttpAsync(int port, string script)
    {
        var process = ChildProcess.Start("node", [script, "streamableHttp"], [new("PORT", $"{port}")]);
        try
        {
            await Waiting.Eventually.TrueAsync(
                () => process.HasExited
                    ? throw new InvalidOperationException($"The server ended:\n{process.Output}")
                    : process.Output.Contains("listening", StringComparison.Ordinal),
                StartDeadline);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }
}
