using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace StreamChat.TestSupport.Sockets;

/// <summary>A client of any protocol whose frames are JSON objects with a <c>type</c>. One reader at a time.</summary>
public sealed class JsonSocket : IAsyncDisposable
{
    // a broker that restarts on a busy machine may take more than half a minute, and nobody sends a frame meanwhile
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);

    private readonly ClientWebSocket _socket;
    private byte[] _buffer = new byte[64 * 1024];

    private JsonSocket(ClientWebSocket socket) => _socket = socket;

    /// <summary>How the server closed, once it has.</summary>
    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    /// <summary>Connects. Told to come back later (503), it does when asked to, as a client should.</summary>
    /// <param name="server">Base address, http.</param>
    /// <param name="path">Path, with a query if there is one.</param>
    /// <param name="subprotocol">What to offer; null for none.</param>
    /// <param name="comeBack">Whether 503 is tried again.</param>
    public static async Task<JsonSocket> ConnectAsync(Uri server, string path, string? subprotocol = null, bool comeBack = false)
    {
        using var deadline = new CancellationTokenSource(Patience);
        var address = new UriBuilder(new Uri(server, path)) { Scheme = "ws" }.Uri;
        while (true)
        {
            var socket = new ClientWebSocket();
            socket.Options.CollectHttpResponseDetails = true;
            if (subprotocol is not null)
            {
                socket.Options.AddSubProtocol(subprotocol);
            }

            try
            {
                await socket.ConnectAsync(address, deadline.Token);
                return new JsonSocket(socket);
            }
            catch (WebSocketException) when (comeBack && socket.HttpStatusCode == HttpStatusCode.ServiceUnavailable)
            {
                socket.Dispose();
                await Task.Delay(RetryInterval, deadline.Token);
            }
        }
    }

    /// <summary>Connects once.</summary>
    /// <exception cref="WebSocketException">It was refused, or nobody is there.</exception>
    public static async Task<JsonSocket> ConnectOnceAsync(Uri server, string path, string? subprotocol = null)
    {
        using var deadline = new CancellationTokenSource(Patience);
        var socket = new ClientWebSocket();
        try
        {
            if (subprotocol is not null)
            {
                socket.Options.AddSubProtocol(subprotocol);
            }

            await socket.ConnectAsync(new UriBuilder(new Uri(server, path)) { Scheme = "ws" }.Uri, deadline.Token);
            return new JsonSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The type of a frame.</summary>
    public static string? TypeOf(JsonElement frame) => frame.GetProperty("type").GetString();

    /// <summary>Sends a frame as it is.</summary>
    public Task SendAsync(string frame) => SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text);

    /// <summary>Sends any bytes.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> frame, WebSocketMessageType type)
    {
        using var deadline = new CancellationTokenSource(Patience);
        await _socket.SendAsync(frame, type, endOfMessage: true, deadline.Token);
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

    /// <summary>The next frames, up to and including the first that is as wanted.</summary>
    public async Task<IReadOnlyList<JsonElement>> ReceiveUntilAsync(Func<JsonElement, bool> wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        List<JsonElement> frames = [];
        do
        {
            frames.Add(await ReceiveAsync());
        }
        while (!wanted(frames[^1]));

        return frames;
    }

    /// <summary>The next frames, up to and including the first of a type.</summary>
    public Task<IReadOnlyList<JsonElement>> ReceiveUntilAsync(string type) => ReceiveUntilAsync(frame => TypeOf(frame) == type);

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
        if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
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
}
