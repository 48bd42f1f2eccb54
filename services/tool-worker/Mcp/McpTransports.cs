using Microsoft.Extensions.Options;
using ModelContextProtocol.Client;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>Makes the way to a server.</summary>
internal interface IMcpTransports
{
    /// <param name="name">The server's name.</param>
    /// <param name="settings">What is configured of it.</param>
    /// <param name="signal">Raised when the way is found to be broken; broken when the server sends what is not read.</param>
    IClientTransport Create(string name, McpServerSettings settings, McpSignal signal);
}

/// <summary>
/// A process of ours, or the SDK's streamable HTTP. The SDK is given no logger: at its levels it would log the error output of servers, their answers, and
/// the whole environment.
/// </summary>
internal sealed partial class McpTransports(IOptions<McpOptions> limits, TimeProvider time, ILogger<McpTransports> logger) : IMcpTransports
{
    private const int Reconnections = 2;
    private static readonly TimeSpan ReconnectionInterval = TimeSpan.FromMilliseconds(500);

    public IClientTransport Create(string name, McpServerSettings settings, McpSignal signal) =>
        settings.Transport == McpTransport.Http ? Http(name, settings, signal) : Stdio(name, settings, signal);

    private McpChildTransport Stdio(string name, McpServerSettings settings, McpSignal signal)
    {
        // this process's own environment has the secrets of broker, store and models in it
        var environment = StdioClientTransportOptions.GetDefaultEnvironmentVariables();
        foreach (var (variable, value) in settings.Environment)
        {
            environment[variable] = value ?? "";
        }

        return new McpChildTransport(name, settings, environment!, limits.Value.MaxMessageBytes, signal.Break, line => LogErrorOutput(name, line), time);
    }

    private HttpClientTransport Http(string name, McpServerSettings settings, McpSignal signal)
    {
        // no redirects: what is configured for one server is not for another
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = limits.Value.StartTimeout };
        var client = new HttpClient(new McpHttpHandler(handler, signal, limits.Value.MaxMessageBytes)) { Timeout = Timeout.InfiniteTimeSpan };
        return new HttpClientTransport(
            new HttpClientTransportOptions
            {
                Name = name,
                Endpoint = new Uri(settings.Url!),
                TransportMode = HttpTransportMode.StreamableHttp,
                AdditionalHeaders = settings.Headers.ToDictionary(h => h.Key, h => h.Value ?? ""),
                ConnectionTimeout = limits.Value.StartTimeout,
                MaxReconnectionAttempts = Reconnections,
                DefaultReconnectionInterval = ReconnectionInterval,
            },
            client,
            loggerFactory: null,
            ownsHttpClient: true);
    }

    private void LogErrorOutput(string name, string line)
    {
        if (logger.IsEnabled(LogLevel.Trace))
        {
            LogErrorLine(name, McpResults.Shorten(line, McpErrorOutput.MaxLine));
        }
    }

    // a server may write there what it was asked, and what it was configured with
    [LoggerMessage(3310, LogLevel.Trace, "MCP server {Server} writes: {Line}")]
    private partial void LogErrorLine(string server, string line);
}
