using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace StreamChat.TestSupport.Sockets;

/// <summary>A client of the native protocol for tests. One reader at a time.</summary>
public sealed class NativeClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);

    private ClientWebSocket _socket = NewSocket();
    private byte[] _buffer = new byte[64 * 1024];

    private NativeClient()
    {
    }

    /// <summary>The first frame.</summary>
    public JsonElement Welcome { get; private set; }

    /// <summary>How the server closed, once it has.</summary>
    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    /// <summary>Connects and reads the welcome. Told to come back later (503), it does, as a client should.</summary>
    /// <param name="server">Base address, http.</param>
    /// <param name="userId">Who.</param>
    public static async Task<NativeClient> ConnectAsync(Uri server, string userId)
    {
        ArgumentNullException.ThrowIfNull(server);
        var client = new NativeClient();
        using var deadline = new CancellationTokenSource(Patience);
        var address = new UriBuilder(server) { Scheme = "ws", Path = "/ws/v1", Query = $"user_id={Uri.EscapeDataString(userId)}" };
        while (true)
        {
            try
            {
                await client._socket.ConnectAsync(address.Uri, deadline.Token);
                break;
            }
            catch (WebSocketException) when (client._socket.HttpStatusCode == HttpStatusCode.ServiceUnavailable && !deadline.IsCancellationRequested)
            {
                client._socket.Dispose();
                client._socket = NewSocket();
                await Task.Delay(RetryInterval, deadline.Token);
            }
        }

        client.Welcome = await client.ReceiveAsync();
        return client;
    }

    /// <summary>Sends a frame as it is.</summary>
    public Task SendAsync(string frame) => SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text);

    /// <summary>Sends any bytes.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> frame, WebSocketMessageType type)
    {
        using var deadline = new CancellationTokenSource(Patience);
        await _socket.SendAsync(frame, type, endOfMessage: true, deadline.Token);
    }

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
    public async Task<JsonElement> ReceiveAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        var length = 0;
        while (true)
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(length), deadline.Token);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                throw new WebSocketException($"The server closed with {_socket.CloseStatus} '{_socket.CloseStatusDescription}'.");
            }

            length += received.Count;
            if (received.EndOfMessage)
            {
                return JsonElement.Parse(_buffer.AsSpan(0, length));
            }

            if (length == _buffer.Length)
            {
                Array.Resize(ref _buffer, length * 2);
            }
        }
    }

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
    public async Task<int> WaitForCloseAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        while ((await _socket.ReceiveAsync(_buffer.AsMemory(), deadline.Token)).MessageType != WebSocketMessageType.Close)
        {
        }

        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, deadline.Token);
        return (int)_socket.CloseStatus!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
        {
            try
            {
                using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
                await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, deadline.Token);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException)
            {
                // the test is over; how the server takes it is not its matter
            }
        }

        _socket.Dispose();
    }

    private static ClientWebSocket NewSocket()
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("streamchat.v1");
        socket.Options.CollectHttpResponseDetails = true;
        return socket;
    }
}
