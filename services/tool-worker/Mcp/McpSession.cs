using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using StreamChat.Hosting.Bus;
using StreamChat.ToolWorker.Tools;
using Tool = ModelContextProtocol.Protocol.Tool;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>A connection to a server from its start to its end. A process that it started ends with it.</summary>
internal sealed class McpSession : IAsyncDisposable
{
    // one that goes on giving pages is not followed for ever
    private const int MaxPages = 100;

    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan CancelTimeout = TimeSpan.FromSeconds(2);

    private static readonly Implementation Self = new()
    {
        Name = "streamchat",
        Version = typeof(McpSession).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0",
    };

    private readonly IClientTransport _transport;
    private readonly McpClient _client;
    private readonly McpSignal _signal;
    private readonly McpCalls _calls;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost = new();

    private McpSession(IClientTransport transport, McpClient client, McpSignal signal, McpCalls calls, TimeProvider time) =>
        (_transport, _client, _signal, _calls, _time) = (transport, client, signal, calls, time);

    /// <summary>Completes when the server has ended the connection.</summary>
    public Task<ClientCompletionDetails> Completion => _client.Completion;

    /// <summary>Fires when nothing more is to be expected of it.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Whether it works on calls.</summary>
    public bool IsBusy => _calls.Count > 0;

    /// <summary>How many calls it has answered.</summary>
    public long Answered => _calls.Answered;

    /// <summary>Starts or reaches the server and greets it.</summary>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public static async Task<McpSession> ConnectAsync(
        IClientTransport transport, McpSignal signal, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        var calls = new McpCalls();
        var options = new McpClientOptions
        {
            ClientInfo = Self,
            InitializationTimeout = timeout,
            TimeProvider = time,
            Handlers = new McpClientHandlers
            {
                NotificationHandlers =
                [
                    On(NotificationMethods.ToolListChangedNotification, _ => signal.Raise()),
                    On(NotificationMethods.ProgressNotification, calls.Hear),
                ],
            },
        };
        Task<McpClient>? creating = null;
        try
        {
            await Deadlines.RunAsync(timeout, time, token => creating = McpClient.CreateAsync(transport, options, null, token), cancellationToken);
            return new McpSession(transport, await creating!, signal, calls, time);
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
    public McpFunction Function(Tool tool, string name, bool safeToRepeat)
    {
        // what the client knows of a tool decides about headers that go with its calls
        _client.AddKnownTools([tool]);
        return new McpFunction(this, new McpClientTool(_client, tool).WithName(name), safeToRepeat);
    }

    /// <summary>
    /// Calls a tool. Not by the SDK's own method: given up, that does not tell the server (its registration for it is gone before its
    /// turn comes, and over HTTP it never gets there), which then works on for nobody. The id of the request is needed to tell.
    /// </summary>
    public async Task<CallToolResult> CallAsync(string tool, IDictionary<string, JsonElement> arguments, ToolCallContext context, CancellationToken cancellationToken)
    {
        using var call = _calls.Begin(context);
        try
        {
            var result = await _client.SendRequestAsync<CallToolRequestParams, CallToolResult>(
                RequestMethods.ToolsCall,
                new CallToolRequestParams { Name = tool, Arguments = arguments, Meta = new JsonObject { ["progressToken"] = call.Id } },
                McpJsonUtilities.DefaultOptions,
                new RequestId(call.Id),
                cancellationToken);
            _calls.CountAnswer();
            return result;
        }
        catch (McpProtocolException)
        {
            _calls.CountAnswer();
            throw;
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested && !_lost.IsCancellationRequested)
        {
            await CancelAsync(call.Id);
            throw;
        }
    }

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

    private static KeyValuePair<string, Func<JsonRpcNotification, CancellationToken, ValueTask>> On(string method, Action<JsonRpcNotification> handle) =>
        new(method, (notification, _) =>
        {
            handle(notification);
            return ValueTask.CompletedTask;
        });

    private async Task CancelAsync(string id)
    {
        try
        {
            await Deadlines.RunAsync(
                CancelTimeout,
                _time,
                token => _client.SendNotificationAsync(
                    NotificationMethods.CancelledNotification, new CancelledNotificationParams { RequestId = new RequestId(id) }, cancellationToken: token),
                _lost.Token);
        }
        catch (Exception)
        {
            // a server that cannot be told is looked after by who watches it
        }
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
}
