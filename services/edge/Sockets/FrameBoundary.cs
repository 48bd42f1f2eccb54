using System.Buffers.Binary;

namespace StreamChat.Edge.Sockets;

/// <summary>Follows the frames of a WebSocket (RFC 6455, section 5.2) through a stream of bytes, without their contents.</summary>
internal struct FrameBoundary
{
    /// <summary>The opcode of a close frame.</summary>
    public const int Close = 8;

    private const int LongestHeader = 14;

    private HeaderBytes _header;
    private int _headerLength;
    private ulong _payloadLeft;

    /// <summary>Whether the last byte was the last of a frame, or none has come.</summary>
    public readonly bool IsAtEnd => _headerLength == 0 && _payloadLeft == 0;

    /// <summary>Whether a close frame has begun.</summary>
    public bool HasClosed { get; private set; }

    /// <summary>Follows more bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="toFirstEnd">Whether to stop at the end of the first frame, or at once where none has begun.</param>
    /// <returns>How many were followed.</returns>
    public int Pass(ReadOnlySpan<byte> bytes, bool toFirstEnd)
    {
        var at = 0;
        while (at < bytes.Length && !(toFirstEnd && IsAtEnd && !HasClosed))
        {
            if (_payloadLeft > 0)
            {
                var some = (int)Math.Min((ulong)(bytes.Length - at), _payloadLeft);
                _payloadLeft -= (ulong)some;
                at += some;
                continue;
            }

            _header[_headerLength++] = bytes[at++];
            if (_headerLength >= 2 && _headerLength == HeaderLength())
            {
                HasClosed |= (_header[0] & 0x0F) == Close;
                _payloadLeft = PayloadLength();
                _headerLength = 0;
            }
        }

        return at;
    }

    private readonly int HeaderLength() => 2 + (_header[1] & 0x7F) switch { 126 => 2, 127 => 8, _ => 0 } + ((_header[1] & 0x80) != 0 ? 4 : 0);

    private readonly ulong PayloadLength()
    {
        ReadOnlySpan<byte> header = _header;
        return (header[1] & 0x7F) switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(header[2..]),
            127 => BinaryPrimitives.ReadUInt64BigEndian(header[2..]),
            var length => (ulong)length,
        };
    }

    [System.Runtime.CompilerServices.InlineArray(LongestHeader)]
    private struct HeaderBytes
    {
        private byte _first;
    }
}
