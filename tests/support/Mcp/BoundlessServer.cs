using StreamChat.TestSupport.Processes;

namespace StreamChat.TestSupport.Mcp;

/// <summary>A server some of whose answers have no end: <c>tests/mcp-servers/boundless.mjs</c>.</summary>
public static class BoundlessServer
{
    private static string Script => Path.Combine(RepositoryLayout.Root, "tests", "mcp-servers", "boundless.mjs");

    /// <inheritdoc cref="EverythingServer.Stdio"/>
    public static (string Key, string Value)[] Stdio(string name, string processIdFile) =>
        [.. EverythingServer.Stdio(name, processIdFile).SkipLast(1), ($"Mcp:Servers:{name}:Arguments:4", Script)];

    /// <inheritdoc cref="EverythingServer.StartHttpAsync(int)"/>
    public static Task<ChildProcess> StartHttpAsync(int port) => EverythingServer.StartHttpAsync(port, Script);
}
