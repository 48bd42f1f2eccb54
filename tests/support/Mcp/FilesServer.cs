using StreamChat.TestSupport.Processes;

namespace StreamChat.TestSupport.Mcp;

/// <summary>A server that reads and deletes files: <c>tests/mcp-servers/files.mjs</c>. One of its two tools says that it only reads.</summary>
public static class FilesServer
{
    private static string Script => Path.Combine(RepositoryLayout.Root, "tests", "mcp-servers", "files.mjs");

    /// <summary>Configuration with which a tool-worker starts it and speaks to it over its standard input and output.</summary>
    /// <param name="name">Its name, and its tools' prefix.</param>
    public static (string Key, string Value)[] Stdio(string name) =>
    [
        ($"Mcp:Servers:{name}:Transport", "Stdio"),
        ($"Mcp:Servers:{name}:Command", "node"),
        ($"Mcp:Servers:{name}:Arguments:0", Script),
    ];
}
