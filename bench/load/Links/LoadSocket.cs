using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;

namespace StreamChat.Load.Links;

/// <summary>A socket from which whole frames are read into a buffer of its own.</summary>
/// <remarks>
/// What is measured is not the client of <c>clients/dotnet</c>, unless that is asked for (<see cref="ClientLink"/>). That makes an event and a
/// string of every token (about 200 bytes), takes a lock for it and wakes a reader, where this one counts tokens in the bytes as they come: at
/// the rates that are measured the generator would be what is measured. It answers a loss by coming back, and a loss has to be reported.
/// And it reads on while nobody takes its events, so that a slow reader would not be one.
/// </remarks>
/// <param name="pace">How fast to read; null for as fast as it comes.</param>
internal sealed class LoadSocket(ReadingPace? pace = null) : IDisposable
{
    /// <summary>A whole answer of 100,000 tokens stands in one frame of the assistant's several times.</summary>
    private const int LargestFrame = 1 << 26;

    /// <summary>Enough for one token; grows with the frames, so that thousands of sockets that only wait stay small.</summary>
    private byte[] _buffer = new byte[512];

    private readonly ClientWebSocket _socket = new();

    public bool IsOpen => _socket.State == WebSocketState.Open;

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public string? CloseReason => _socket.CloseStatusDescription;

    public async Task ConnectAsync(Uri address, string? subProtocol, HttpMessageInvoker invoker, CancellationToken cancellationToken)
    {
        // the server pings; pongs that nobody asked for, and a timer for each socket, would only disturb
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
        if (subProtocol is not null)
        {
            _socket.Options.AddSubProtocol(subProtocol);
        }

        await _socket.ConnectAsync(address, invoker, cancellationToken);
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) =>
        _socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    public ValueTask SendAsync(Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        return SendAsync(buffer.WrittenMemory, cancellationToken);
    }

    /// <summary>Reads one whole frame.</summary>
    /// <returns>Its length; -1 when the server has closed.</returns>
    /// <exception cref="InvalidDataException">It is too large.</exception>
    public async ValueTask<int> ReceiveAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            var room = _buffer.AsMemory(length);
            if (pace is not null)
            {
                await pace.WaitAsync(cancellationToken);
                room = room[..Math.Min(room.Length, ReadingPace.Piece)];
            }

            var part = await _socket.ReceiveAsync(room, cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return -1;
            }

            pace?.Add(part.Count);
            length += part.Count;
            if (part.EndOfMessage)
            {
                return length;
            }

            if (length == LargestFrame)
            {
                throw new InvalidDataException();
            }

            if (length == _buffer.Length)
            {
                Array.Resize(ref _buffer, length * 2);
            }
        }
    }

    /// <summary>The frame that was read last.</summary>
    public ReadOnlySpan<byte> Frame(int length) => _buffer.AsSpan(0, length);

    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (IsOpen)
            {
                await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // all is measured; how it ends is of no interest
        }
    }

    public void Dispose() => _socket.Dispose();
}
