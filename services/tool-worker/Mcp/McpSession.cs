using System.Reflection;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using StreamChat.Hosting.Bus;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>A connection to a server from its start to its end. A process that it started ends with it.</summary>
internal sealed class McpSession : IAsyncDisposable
{
    // one that goes on giving pages is not followed for ever
    private const int MaxPages = 100;

    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    private static readonly Implementation Self = new() { Name = "streamchat", Version = typeof(McpSession).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0" };

    private readonly IClientTransport _transport;
    private readonly McpClient _client;
    private readonly McpSignal _signal;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost = new();
    private int _calls;

    private McpSession(IClientTransport transport, McpClient client, McpSignal signal, TimeProvider time) =>
        (_transport, _client, _signal, _time) = (transport, client, signal, time);

    /// <summary>Completes when the server has ended the connection.</summary>
    public Task<ClientCompletionDetails> Completion => _client.Completion;

    /// <summary>Fires when nothing more is to be expected of it.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Whether it works on calls.</summary>
    public bool IsBusy => Volatile.Read(ref _calls) > 0;

    /// <summary>Starts or reaches the server and greets it.</summary>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public static async Task<McpSession> ConnectAsync(
        IClientTransport transport, McpSignal signal, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        var options = new McpClientOptions
        {
            ClientInfo = Self,
            InitializationTimeout = timeout,
            TimeProvider = time,
            Handlers = new McpClientHandlers
            {
                NotificationHandlers = [KeyValuePair.Create<string, Func<JsonRpcNotification, CancellationToken, ValueTask>>(
                    NotificationMethods.ToolListChangedNotification, (_, _) => Raise(signal))],
            },
        };
        Task<McpClient>? creating = null;
        try
        {
            await Deadlines.RunAsync(timeout, time, token => creating = McpClient.CreateAsync(transport, options, null, token), cancellationToken);
            return new McpSession(transport, await creating!, signal, time);
        }
        catch
        {
            _ = EndLateAsync(transport, creating);
            throw;
        }
    }

    /// <summary>Asks for all its tools.</summary>
    public async Task<IReadOnlyList<Tool>> ListAsync(CancellationToken cancellationToken)
    {
        List<Tool> tools = [];
        var request = new ListToolsRequestParams();
        for (var page = 0; page < MaxPages; page++)
        {
            var result = await _client.ListToolsAsync(request, cancellationToken);
            tools.AddRange(result.Tools);
            if (result.NextCursor is null)
            {
                break;
            }

            request = new ListToolsRequestParams { Cursor = result.NextCursor };
        }

        return tools;
    }

    /// <summary>One of its tools, to be called.</summary>
    public McpFunction Function(Tool tool, string name)
    {
        // what the client knows of a tool decides about headers that go with its calls
        _client.AddKnownTools([tool]);
        return new McpFunction(this, new McpClientTool(_client, tool).WithName(name));
    }

    /// <summary>A call has begun; it ends when the answer is disposed.</summary>
    public IDisposable Enter() => new Call(this);

    /// <summary>A call found the connection broken.</summary>
    public void Doubt() => _signal.Raise();

    /// <summary>Ends the calls that wait, the connection, and the process if there is one. Does not wait longer than 5 s.</summary>
    public async ValueTask DisposeAsync()
    {
        await _lost.CancelAsync();
        try
        {
            // the SDK waits for a process on the thread that asks
            await Deadlines.RunAsync(EndTimeout, _time, _ => Task.Run(() => EndAsync(_client, _transport), CancellationToken.None), CancellationToken.None);
        }
        catch (TimeoutException)
        {
            // it is left behind
        }
    }

    private static ValueTask Raise(McpSignal signal)
    {
        signal.Raise();
        return ValueTask.CompletedTask;
    }

    private static async Task EndLateAsync(IClientTransport transport, Task<McpClient>? creating)
    {
        try
        {
            await EndAsync(creating is null ? null : await creating, transport);
        }
        catch (Exception)
        {
            // that it failed is known already
            await EndAsync(null, transport);
        }
    }

    private static async Task EndAsync(McpClient? client, IClientTransport transport)
    {
        try
        {
            await (client?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
        catch (Exception)
        {
            // how a connection ends that is given up is nobody's matter
        }

        if (transport is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }

    private sealed class Call : IDisposable
    {
        private readonly McpSession _session;

        public Call(McpSession session)
        {
            _session = session;
            Interlocked.Increment(ref session._calls);
        }

        public void Dispose() => Interlocked.Decrement(ref _session._calls);
    }
}
