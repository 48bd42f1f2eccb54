using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>What this worker tells about its MCP servers, which are as many as are configured.</summary>
internal sealed class McpMetrics
{
    private readonly ConcurrentDictionary<string, int> _connected = new(StringComparer.Ordinal);
    private readonly Counter<long> _reconnects;

    public McpMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(ToolWorkerTelemetry.Name);
        meter.CreateObservableGauge(
            "streamchat.mcp.connected",
            () => _connected.Select(c => new Measurement<int>(c.Value, KeyValuePair.Create<string, object?>("server", c.Key))),
            "{server}",
            "1 for an MCP server whose tools are offered, 0 for one that is away.");
        _reconnects = meter.CreateCounter<long>("streamchat.mcp.reconnects", "{attempt}", "How often an MCP server was tried again.");
    }

    public void Connected(string server, bool isConnected) => _connected[server] = isConnected ? 1 : 0;

    public void TriedAgain(string server) => _reconnects.Add(1, KeyValuePair.Create<string, object?>("server", server));
}
