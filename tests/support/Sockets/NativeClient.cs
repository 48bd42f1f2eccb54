using System.Net.WebSockets;
using System.Text.Json;

namespace StreamChat.TestSupport.Sockets;

/// <summary>A client of the native protocol for tests. One reader at a time.</summary>
public sealed class NativeClient : IAsyncDisposable
{
    private readonly JsonSocket _socket;

    private NativeClient(JsonSocket socket) => _socket = socket;

    /// <summary>The first frame.</summary>
    public JsonElement Welcome { get; private init; }

    /// <summary>How the server closed, once it has.</summary>
    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    /// <summary>Connects and reads the welcome. Told to come back later (503), it does, as a client should.</summary>
    /// <param name="server">Base address, http.</param>
    /// <param name="userId">Who.</param>
    /// <param name="token">An access token, where one is needed.</param>
    public static async Task<NativeClient> ConnectAsync(Uri server, string userId, string? token = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        var credential = token is null ? "" : $"&access_token={token}";
        var socket = await JsonSocket.ConnectAsync(server, $"/ws/v1?user_id={Uri.EscapeDataString(userId)}{credential}", "streamchat.v1", comeBack: true);
        return new NativeClient(socket) { Welcome = await socket.ReceiveAsync() };
    }

    /// <summary>Sends a frame as it is.</summary>
    public Task SendAsync(string frame) => _socket.SendAsync(frame);

    /// <summary>Sends any bytes.</summary>
    public Task SendAsync(ReadOnlyMemory<byte> frame, WebSocketMessageType type) => _socket.SendAsync(frame, type);

    /// <summary>Asks for a run.</summary>
    /// <returns>Its id.</returns>
    public async Task<Guid> StartAsync(string text, string? threadId = null, Guid? runId = null)
    {
        var id = runId ?? Guid.CreateVersion7();
        await SendAsync(JsonSerializer.Serialize(new { type = "run", runId = id, threadId, messages = new[] { new { role = "user", content = text } } }));
        return id;
    }

    /// <summary>Asks for a run and reads until it has ended.</summary>
    public async Task<Transcript> RunAsync(string text, string? threadId = null, Guid? runId = null)
    {
        var transcript = new Transcript(await StartAsync(text, threadId, runId));
        await ReadToEndAsync(transcript);
        return transcript;
    }

    /// <summary>Reads until a run has ended; frames of others are passed over.</summary>
    public Task ReadToEndAsync(Transcript transcript) => ReadUntilAsync(transcript, () => transcript.Ended);

    /// <summary>Reads a run's frames until something is true of it.</summary>
    public async Task ReadUntilAsync(Transcript transcript, Func<bool> until)
    {
        ArgumentNullException.ThrowIfNull(transcript);
        ArgumentNullException.ThrowIfNull(until);
        while (!until())
        {
            transcript.Add(await ReceiveAsync());
        }
    }

    /// <summary>The next frame.</summary>
    /// <exception cref="WebSocketException">The server closed instead; the message says how.</exception>
    public Task<JsonElement> ReceiveAsync() => _socket.ReceiveAsync();

    /// <summary>The next frame of a type; others are passed over.</summary>
    public async Task<JsonElement> ReceiveAsync(string type)
    {
        while (true)
        {
            var frame = await ReceiveAsync();
            if (frame.GetProperty("type").GetString() == type)
            {
                return frame;
            }
        }
    }

    /// <summary>Reads until the server closes.</summary>
    /// <returns>The close code.</returns>
    public Task<int> WaitForCloseAsync() => _socket.WaitForCloseAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _socket.DisposeAsync();
}
