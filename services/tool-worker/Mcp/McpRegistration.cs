using StreamChat.Hosting.Options;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>The tools of MCP servers.</summary>
internal static class McpRegistration
{
    /// <summary>Adds them. They stop after the bus, which is added later, so that calls in hand may end.</summary>
    public static void AddMcp(this IServiceCollection services)
    {
        services.AddValidatedOptions<McpOptions>(McpOptions.Section);
        services.AddSingleton<IMcpTransports, McpTransports>();
        services.AddSingleton<McpMetrics>();
        services.AddHostedService<McpServers>();
    }
}
