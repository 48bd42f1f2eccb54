using Microsoft.Extensions.Options;
using StreamChat.Hosting.Identity;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>All configured servers, side by side. The process starts without waiting for any.</summary>
internal sealed class McpServers(
    IOptions<McpOptions> options, IMcpTransports transports, ToolRegistry registry, McpMetrics metrics, IIdGenerator ids, TimeProvider time,
    ILogger<McpServer> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(options.Value.Servers
        .Where(s => s.Value.Enabled)
        .Select(s => new McpServer(s.Key, s.Value, options.Value, transports, registry, metrics, ids, time, logger).RunAsync(stoppingToken)));
}
