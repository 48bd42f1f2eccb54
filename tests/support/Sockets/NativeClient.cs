using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace StreamChat.TestSupport.Sockets;

/// <summary>
/// A client of the native dialect, <c>streamchat.v1</c>. Sending and receiving may happen side by side, but each from one place at
/// a time.
/// </summary>
public sealed class NativeClient : IAsyncDisposable
{
    /// <summary>The WebSocket subprotocol.</summary>
    public const string Subprotocol = "streamchat.v1";

    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(20);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ClientWebSocket _socket = new();

    private NativeClient() => _socket.Options.AddSubProtocol(Subprotocol);

    /// <summary>The first frame of the server.</summary>
    public JsonElement Welcome { get; private set; }

    /// <summary>The connection's id, from <see cref="Welcome"/>.</summary>
    public string ConnectionId => Welcome.GetProperty("connectionId").GetString()!;

    /// <summary>How the server closed; null while it has not.</summary>
    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    /// <summary>What the server said when it closed.</summary>
    public string? CloseReason => _socket.CloseStatusDescription;

    /// <summary>The socket itself.</summary>
    public ClientWebSocket Socket => _socket;

    /// <summary>Connects and waits for <c>welcome</c>.</summary>
    /// <param name="server">The gateway or edge, <c>http://host:port</c> or <c>ws://host:port</c>.</param>
    /// <param name="userId">Who connects, in open mode.</param>
    /// <param name="configure">Further options of the handshake.</param>
    public static async Task<NativeClient> ConnectAsync(Uri server, string userId, Action<ClientWebSocketOptions>? configure = null)
    {
        var client = new NativeClient();
        try
        {
            configure?.Invoke(client._socket.Options);
            var address = new UriBuilder(server)
            {
                Scheme = server.Scheme is "https" or "wss" ? "wss" : "ws",
                Path = "/ws/v1",
                Query = $"user_id={Uri.EscapeDataString(userId)}",
            };
            using var timeout = new CancellationTokenSource(DefaultDeadline);
            await client._socket.ConnectAsync(address.Uri, timeout.Token);
            client.Welcome = await client.ReceiveAsync("welcome");
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends an object as a JSON text frame.</summary>
    public Task SendAsync(object frame) => SendRawAsync(JsonSerializer.Serialize(frame, Json));

    /// <summary>Sends any text as a frame.</summary>
    public async Task SendRawAsync(string text)
    {
        using var timeout = new CancellationTokenSource(DefaultDeadline);
        await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, timeout.Token);
    }

    /// <summary>The next frame, or null when the server has closed.</summary>
    /// <exception cref="TimeoutException">None came in time. The socket cannot be used after that.</exception>
    public async Task<JsonElement?> ReceiveOrCloseAsync(TimeSpan? deadline = null)
    {
        using var timeout = new CancellationTokenSource(deadline ?? DefaultDeadline);
        using var frame = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(), timeout.Token);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    return null;
                }

                frame.Write(buffer, 0, part.Count);
                if (part.EndOfMessage)
                {
                    using var document = JsonDocument.Parse(frame.ToArray());
                    return document.RootElement.Clone();
                }
            }
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"No frame within {deadline ?? DefaultDeadline}.", e);
        }
    }

    /// <summary>The next frame.</summary>
    /// <exception cref="InvalidOperationException">The server closed; the message says how.</exception>
    public async Task<JsonElement> ReceiveAsync(TimeSpan? deadline = null) =>
        await ReceiveOrCloseAsync(deadline) ?? throw new InvalidOperationException($"Closed: {CloseStatus} {CloseReason}");

    /// <summary>The next frame of one type; frames before it are passed over.</summary>
    /// <exception cref="TimeoutException">It did not come; the message has what came instead.</exception>
    public async Task<JsonElement> ReceiveAsync(string type, TimeSpan? deadline = null)
    {
        List<string> others = [];
        try
        {
            while (true)
            {
                var frame = await ReceiveAsync(deadline);
                if (NativeTranscript.TypeOf(frame) == type)
                {
                    return frame;
                }

                others.Add(frame.GetRawText());
            }
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"Awaited: {type}. Came instead:\n{string.Join('\n', others)}", e);
        }
    }

    /// <summary>Asks for a run without waiting for it.</summary>
    /// <returns>The run's id.</returns>
    public async Task<Guid> StartRunAsync(string text, string? threadId = null, Guid? runId = null)
    {
        var id = runId ?? Guid.CreateVersion7();
        var messages = new[] { new { role = "user", content = text } };
        await SendAsync(threadId is null
            ? new { type = "run", runId = id, messages }
            : new { type = "run", runId = id, threadId, messages });
        return id;
    }

    /// <summary>Asks for a run and collects all it says, to its end.</summary>
    public async Task<NativeTranscript> RunAsync(string text, string? threadId = null, Guid? runId = null, TimeSpan? deadline = null) =>
        await CollectAsync(await StartRunAsync(text, threadId, runId), deadline);

    /// <summary>Collects all that a run says from now on, to its end.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="deadline">How long to wait for each frame.</param>
    /// <param name="until">Ends the collecting earlier.</param>
    public async Task<NativeTranscript> CollectAsync(Guid runId, TimeSpan? deadline = null, Func<NativeTranscript, bool>? until = null)
    {
        var transcript = new NativeTranscript();
        try
        {
            while (transcript.Terminal is null && until?.Invoke(transcript) != true)
            {
                var frame = await ReceiveAsync(deadline);
                if (frame.TryGetProperty("runId", out var id) && id.ValueKind == JsonValueKind.String && id.GetGuid() == runId)
                {
                    transcript.Add(frame);
                }
            }

            return transcript;
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException or WebSocketException)
        {
            throw new InvalidOperationException($"Run {runId} did not end: {e.Message}\nSo far:\n{transcript}", e);
        }
    }

    /// <summary>Waits until the server closes; frames before that are passed over.</summary>
    public async Task<WebSocketCloseStatus?> WaitForCloseAsync(TimeSpan? deadline = null)
    {
        while (await ReceiveOrCloseAsync(deadline) is not null)
        {
        }

        return CloseStatus;
    }

    /// <summary>Closes in order.</summary>
    public async Task CloseAsync()
    {
        using var timeout = new CancellationTokenSource(DefaultDeadline);
        await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, timeout.Token);
    }

    /// <summary>Breaks the connection off without a close, as a lost network does.</summary>
    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
