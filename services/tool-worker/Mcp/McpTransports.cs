using Microsoft.Extensions.Options;
using ModelContextProtocol.Client;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>Makes the way to a server.</summary>
internal interface IMcpTransports
{
    /// <param name="name">The server's name.</param>
    /// <param name="settings">What is configured of it.</param>
    /// <param name="doubt">Raised when the way is found to be broken.</param>
    IClientTransport Create(string name, McpServerSettings settings, McpSignal doubt);
}

/// <summary>
/// The two transports of the SDK. It is given no logger: at its levels it would log the error output of servers, their answers, and
/// the whole environment.
/// </summary>
internal sealed partial class McpTransports(IOptions<McpOptions> limits, ILogger<McpTransports> logger) : IMcpTransports
{
    private const int MaxErrorLine = 1000;
    private const int Reconnections = 2;
    private static readonly TimeSpan ReconnectionInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    public IClientTransport Create(string name, McpServerSettings settings, McpSignal doubt) =>
        settings.Transport == McpTransport.Http ? Http(name, settings, doubt) : Stdio(name, settings);

    private StdioClientTransport Stdio(string name, McpServerSettings settings)
    {
        // this process's own environment has the secrets of broker, store and models in it
        var environment = StdioClientTransportOptions.GetDefaultEnvironmentVariables();
        foreach (var (variable, value) in settings.Environment)
        {
            environment[variable] = value ?? "";
        }

        return new StdioClientTransport(new StdioClientTransportOptions
        {
            Name = name,
            Command = settings.Command!,
            Arguments = settings.Arguments,
            WorkingDirectory = settings.WorkingDirectory,
            InheritEnvironmentVariables = false,
            EnvironmentVariables = environment!,
            ShutdownTimeout = ShutdownTimeout,
            StandardErrorLines = line => LogErrorOutput(name, line),
        });
    }

    private HttpClientTransport Http(string name, McpServerSettings settings, McpSignal doubt)
    {
        // no redirects: what is configured for one server is not for another
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = limits.Value.StartTimeout };
        var client = new HttpClient(new DoubtingHandler(handler, doubt)) { Timeout = Timeout.InfiniteTimeSpan };
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
            LogErrorLine(name, McpResults.Shorten(line, MaxErrorLine));
        }
    }

    // a server may write there what it was asked, and what it was configured with
    [LoggerMessage(3310, LogLevel.Trace, "MCP server {Server} writes: {Line}")]
    private partial void LogErrorLine(string server, string line);

    /// <summary>Notices when the server cannot be reached, whoever asks: the SDK tries for itself to open a broken stream again.</summary>
    private sealed class DoubtingHandler(HttpMessageHandler inner, McpSignal doubt) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException)
            {
                doubt.Raise();
                throw;
            }
        }
    }
}
