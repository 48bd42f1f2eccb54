using System.IO.Pipelines;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using StreamChat.ToolWorker.Mcp;
using McpServer = ModelContextProtocol.Server.McpServer;

namespace StreamChat.UnitTests.ToolWorker.Mcp;

/// <summary>Servers in this process, one for each connection, as many as a test lets start.</summary>
internal sealed class InMemoryMcp : IMcpTransports, IAsyncDisposable
{
    private readonly List<Instance> _instances = [];

    /// <summary>The tools of those that start from now on; to change those of one that runs, change its own.</summary>
    public List<McpServerTool> Tools { get; } = [];

    /// <summary>When true, whoever connects is not answered.</summary>
    public bool Silent { get; set; }

    /// <summary>When true, nobody can connect.</summary>
    public bool Away { get; set; }

    /// <summary>How often somebody tried to connect.</summary>
    public int Attempts { get; private set; }

    public IReadOnlyList<Instance> Instances => _instances;

    public IClientTransport Create(string name, McpServerSettings settings, McpSignal signal)
    {
        Attempts++;
        if (Away)
        {
            throw new HttpRequestException("token=secret", null, System.Net.HttpStatusCode.Unauthorized);
        }

        var instance = new Instance(Tools, Silent) { Signal = signal };
        _instances.Add(instance);
        return instance.Client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances)
        {
            await instance.DisposeAsync();
        }
    }

    internal sealed class Instance : IAsyncDisposable
    {
        private readonly Pipe _toServer = new();
        private readonly Pipe _toClient = new();
        private readonly McpServer? _server;

        public Instance(IEnumerable<McpServerTool> tools, bool silent)
        {
            Tools = [.. tools];
            Client = new StreamClientTransport(_toServer.Writer.AsStream(), _toClient.Reader.AsStream(), null);
            if (!silent)
            {
                var transport = new StreamServerTransport(_toServer.Reader.AsStream(), _toClient.Writer.AsStream());
                _server = McpServer.Create(transport, new McpServerOptions { ToolCollection = Tools });
                _ = _server.RunAsync(CancellationToken.None);
            }
        }

        public IClientTransport Client { get; }

        /// <summary>What its transport would tell of it.</summary>
        public required McpSignal Signal { get; init; }

        /// <summary>A change is told to the client.</summary>
        public McpServerPrimitiveCollection<McpServerTool> Tools { get; }

        /// <summary>Breaks the connection.</summary>
        public async ValueTask DisposeAsync()
        {
            await _toClient.Writer.CompleteAsync();
            await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }
}
