using System.Buffers;
using System.Net.WebSockets;

namespace StreamChat.Gateway.Connections;

/// <summary>What came in.</summary>
internal enum FrameKind
{
    Text,
    Binary,

    /// <summary>More than the limit; nothing of it is kept.</summary>
    TooLarge,

    /// <summary>The client closes.</summary>
    Close,
}

/// <summary>
/// Reads whole messages up to a size. Waits with an empty buffer, so that an idle connection holds none, and rents one only when
/// bytes are there.
/// </summary>
internal sealed class FrameReader(WebSocket socket, int maxBytes) : IDisposable
{
    private const int FirstBuffer = 4 * 1024;

    private byte[]? _buffer;
    private int _length;

    /// <summary>The message read last; valid until <see cref="Release"/>.</summary>
    public ReadOnlyMemory<byte> Frame => _buffer.AsMemory(0, _length);

    /// <summary>Waits for the next message.</summary>
    /// <exception cref="WebSocketException">The client is gone without a word, or broke the WebSocket protocol itself.</exception>
    public async ValueTask<FrameKind> ReadAsync(CancellationToken cancellationToken)
    {
        _length = 0;
        var received = await socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
        while (!received.EndOfMessage)
        {
            EnsureRoom();
            received = await socket.ReceiveAsync(_buffer.AsMemory(_length), cancellationToken);
            _length += received.Count;
            if (_length > maxBytes)
            {
                return FrameKind.TooLarge;
            }
        }

        return received.MessageType switch
        {
            WebSocketMessageType.Close => FrameKind.Close,
            WebSocketMessageType.Binary => FrameKind.Binary,
            _ => FrameKind.Text, // valid UTF-8: the socket checks it
        };
    }

    /// <summary>Reads and drops everything until the client closes.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        Release();
        _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        while ((await socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken)).MessageType != WebSocketMessageType.Close)
        {
        }
    }

    /// <summary>Gives the buffer back.</summary>
    public void Release()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
            _length = 0;
        }
    }

    public void Dispose() => Release();

    private void EnsureRoom()
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        }
        else if (_length == _buffer.Length)
        {
            // one byte more than allowed is enough to know that it is too large
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(_buffer.Length * 2L, maxBytes + 1L));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }
}
