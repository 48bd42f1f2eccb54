using System.Globalization;
using System.Net.WebSockets;

namespace StreamChat.Client.Connections;

/// <summary>A real WebSocket.</summary>
/// <param name="http">Makes the handshake; null for the socket's own.</param>
/// <param name="mostBytes">The largest frame.</param>
internal sealed class WebSocketClientSocket(HttpMessageInvoker? http, int mostBytes) : IClientSocket
{
    private const string SubProtocol = "streamchat.v1";

    private readonly ClientWebSocket _socket = new();
    private byte[] _buffer = new byte[4096];

    public int? CloseCode => (int?)_socket.CloseStatus;

    public async Task ConnectAsync(Uri address, string? token, CancellationToken cancellationToken)
    {
        _socket.Options.AddSubProtocol(SubProtocol);
        _socket.Options.CollectHttpResponseDetails = true;
        if (token is not null)
        {
            _socket.Options.AddSubProtocol($"bearer.{token}");
        }

        try
        {
            await _socket.ConnectAsync(address, http, cancellationToken);
        }
        catch (WebSocketException e)
        {
            throw new HandshakeException((int)_socket.HttpStatusCode, RetryAfter(), e);
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) =>
        _socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    public async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            length += part.Count;
            if (part.EndOfMessage)
            {
                return _buffer.AsMemory(0, length);
            }

            if (length == mostBytes)
            {
                throw new InvalidDataException("The server sent a frame that is too large.");
            }

            if (length == _buffer.Length)
            {
                Array.Resize(ref _buffer, Math.Min(length * 2, mostBytes));
            }
        }
    }

    public Task CloseAsync(CancellationToken cancellationToken) =>
        _socket.State is WebSocketState.Open or WebSocketState.CloseReceived
            ? _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken)
            : Task.CompletedTask;

    public void Dispose() => _socket.Dispose();

    private TimeSpan? RetryAfter() =>
        _socket.HttpResponseHeaders?.TryGetValue("Retry-After", out var values) == true
        && int.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, 3600))
            : null;
}
