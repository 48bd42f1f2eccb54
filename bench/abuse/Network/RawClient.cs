using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StreamChat.Abuse.Network;

/// <summary>
/// A TCP connection that sends any bytes, half a WebSocket frame included, which <see cref="System.Net.WebSockets.ClientWebSocket"/> refuses.
/// </summary>
internal sealed class RawClient : IDisposable
{
    /// <summary>Opcode of a text frame.</summary>
    public const byte Text = 1;

    /// <summary>Opcode of a close frame.</summary>
    public const byte Close = 8;

    /// <summary>Opcode of a ping frame.</summary>
    public const byte Ping = 9;

    private const int MaxHead = 32 * 1024;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    private RawClient(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <inheritdoc cref="LoopbackAddress.ConnectAsync"/>
    public static async Task<RawClient> ConnectAsync(IPAddress? from, Uri server, CancellationToken cancellationToken, int receiveBuffer = 0) =>
        new(await LoopbackAddress.ConnectAsync(from, server, cancellationToken, receiveBuffer));

    /// <summary>The request that opens a WebSocket.</summary>
    /// <param name="server">Base address.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="headers">Further header lines, each with its line end.</param>
    public static byte[] Handshake(Uri server, string path, string headers = "") => Encoding.UTF8.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
        $"Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\n{headers}\r\n");

    /// <summary>A masked frame, as clients send them. The mask is zero, so that the content stays as it is.</summary>
    /// <param name="opcode">The opcode.</param>
    /// <param name="content">The content that follows.</param>
    /// <param name="claimed">The length that the header states; that of the content if null.</param>
    /// <param name="isFinal">Whether it ends the message.</param>
    public static byte[] Frame(byte opcode, ReadOnlySpan<byte> content, long? claimed = null, bool isFinal = true)
    {
        var length = claimed ?? content.Length;
        var head = new byte[14];
        head[0] = (byte)((isFinal ? 0x80 : 0) | opcode);
        int size;
        switch (length)
        {
            case < 126:
                head[1] = (byte)(0x80 | length);
                size = 2;
                break;
            case <= ushort.MaxValue:
                head[1] = 0x80 | 126;
                BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(2), (ushort)length);
                size = 4;
                break;
            default:
                head[1] = 0x80 | 127;
                BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(2), length);
                size = 10;
                break;
        }

        var frame = new byte[size + 4 + content.Length];
        head.AsSpan(0, size).CopyTo(frame);
        content.CopyTo(frame.AsSpan(size + 4));
        return frame;
    }

    /// <inheritdoc cref="Frame(byte, ReadOnlySpan{byte}, long?, bool)"/>
    public static byte[] Frame(string content) => Frame(Text, Encoding.UTF8.GetBytes(content));

    /// <summary>Sends bytes as they are.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => _stream.WriteAsync(bytes, cancellationToken);

    /// <summary>Sends the request that opens a WebSocket and reads the answer.</summary>
    /// <returns>The status: 101 when it is open.</returns>
    /// <exception cref="IOException">The server closes without an answer.</exception>
    public async Task<int> OpenAsync(Uri server, string path, CancellationToken cancellationToken)
    {
        await SendAsync(Handshake(server, path), cancellationToken);
        return await ReadStatusAsync(cancellationToken);
    }

    /// <summary>Reads the head of an HTTP answer.</summary>
    /// <returns>The status.</returns>
    /// <exception cref="IOException">The server closes without a whole head, or what it sends is no head.</exception>
    public async Task<int> ReadStatusAsync(CancellationToken cancellationToken) => (await ReadHeadAsync(cancellationToken)).Status;

    /// <inheritdoc cref="ReadStatusAsync"/>
    /// <returns>The status and the whole head.</returns>
    public async Task<(int Status, string Head)> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        while (true)
        {
            if (_start == _end && !await FillAsync(cancellationToken))
            {
                throw new IOException("The server closed without an answer.");
            }

            while (_start < _end)
            {
                head.Append((char)_buffer[_start++]);
                if (head.Length >= 4 && head[^1] == '\n' && head[^3] == '\n')
                {
                    return int.TryParse(head.ToString(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
                        ? (status, head.ToString())
                        : throw new IOException("The answer has no status.");
                }
            }

            if (head.Length > MaxHead)
            {
                throw new IOException("The answer's head has no end.");
            }
        }
    }

    /// <summary>Reads and drops frames until the server closes.</summary>
    /// <returns>The close code; null when the connection ends without one.</returns>
    public async Task<int?> ReadToCloseAsync(CancellationToken cancellationToken)
    {
        int? code = null;
        try
        {
            while (await NextFrameAsync(cancellationToken) is var (opcode, content))
            {
                if (opcode == Close)
                {
                    code = content.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(content) : 1005;
                }
            }
        }
        catch (IOException)
        {
            // a reset after the close frame is how Kestrel ends a connection whose client still sends
        }

        return code;
    }

    /// <summary>Reads one frame.</summary>
    /// <returns>Opcode and content, of which the first 125 bytes at most are kept; null when the connection ends.</returns>
    public async Task<(byte Opcode, byte[] Content)?> NextFrameAsync(CancellationToken cancellationToken)
    {
        if (await TakeAsync(2, cancellationToken) is not { } head)
        {
            return null;
        }

        long length = head[1] & 0x7F;
        if (length >= 126)
        {
            if (await TakeAsync(length == 126 ? 2 : 8, cancellationToken) is not { } longer)
            {
                return null;
            }

            length = longer.Length == 2 ? BinaryPrimitives.ReadUInt16BigEndian(longer) : BinaryPrimitives.ReadInt64BigEndian(longer);
        }

        if (await TakeAsync((int)Math.Min(length, 125), cancellationToken) is not { } content)
        {
            return null;
        }

        for (var left = length - content.Length; left > 0;)
        {
            if (_start == _end && !await FillAsync(cancellationToken))
            {
                return null;
            }

            var taken = (int)Math.Min(left, _end - _start);
            _start += taken;
            left -= taken;
        }

        return ((byte)(head[0] & 0xF), content);
    }

    /// <summary>Reads and drops bytes until the server closes.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        do
        {
            _start = _end;
        }
        while (await FillAsync(cancellationToken));
    }

    /// <summary>Ends the connection by a reset, as a process that dies does.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        Dispose();
    }

    public void Dispose() => _stream.Dispose();

    private async Task<byte[]?> TakeAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            if (_start == _end && !await FillAsync(cancellationToken))
            {
                return null;
            }

            bytes[i] = _buffer[_start++];
        }

        return bytes;
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        _start = 0;
        _end = await _stream.ReadAsync(_buffer, cancellationToken);
        return _end > 0;
    }
}
