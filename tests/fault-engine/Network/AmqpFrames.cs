using System.Buffers.Binary;

namespace StreamChat.FaultEngine.Network;

/// <summary>Cuts what comes of one direction of an AMQP 0-9-1 connection into frames, whole ones only.</summary>
/// <param name="header">Whether it begins with the protocol header.</param>
internal sealed class AmqpFrames(bool header)
{
    private const int HeaderSize = 8;
    private const int Overhead = 8;
    private byte[] _rest = [];
    private bool _header = header;

    /// <summary>Adds bytes and takes the frames that are whole now.</summary>
    public List<AmqpFrame> Add(ReadOnlySpan<byte> bytes)
    {
        _rest = [.. _rest, .. bytes];
        List<AmqpFrame> frames = [];
        var at = 0;
        while (true)
        {
            var left = _rest.AsSpan(at);
            var size = _header ? HeaderSize : left.Length < 7 ? int.MaxValue : BinaryPrimitives.ReadInt32BigEndian(left[3..]) + Overhead;
            if (left.Length < size)
            {
                break;
            }

            frames.Add(new AmqpFrame(left[..size].ToArray()));
            _header = false;
            at += size;
        }

        _rest = _rest[at..];
        return frames;
    }
}

/// <summary>One frame, or the protocol header.</summary>
internal readonly record struct AmqpFrame(byte[] Bytes)
{
    private const int Basic = 60;

    public int Type => Bytes[0];

    public int Channel => BinaryPrimitives.ReadUInt16BigEndian(Bytes.AsSpan(1));

    public int PayloadLength => Bytes.Length - 8;

    /// <summary>The size of the body that a header frame announces.</summary>
    public long BodySize => BinaryPrimitives.ReadInt64BigEndian(Bytes.AsSpan(11));

    private bool IsMethod(int method) =>
        Type == 1 && PayloadLength >= 4 && BinaryPrimitives.ReadUInt16BigEndian(Bytes.AsSpan(7)) == Basic && BinaryPrimitives.ReadUInt16BigEndian(Bytes.AsSpan(9)) == method;

    /// <summary><c>basic.deliver</c>: its tag, and the exchange that it came by.</summary>
    public bool IsDelivery(out ulong tag, out string exchange)
    {
        (tag, exchange) = (0, "");
        if (!IsMethod(60))
        {
            return false;
        }

        var at = 11 + 1 + Bytes[11];
        tag = BinaryPrimitives.ReadUInt64BigEndian(Bytes.AsSpan(at));
        at += 9;
        exchange = System.Text.Encoding.UTF8.GetString(Bytes, at + 1, Bytes[at]);
        return true;
    }

    /// <summary><c>basic.ack</c>, <c>basic.nack</c> or <c>basic.reject</c> of a single delivery.</summary>
    public bool IsAnswer(out ulong tag)
    {
        tag = 0;
        if (!IsMethod(80) && !IsMethod(90) && !IsMethod(120))
        {
            return false;
        }

        tag = BinaryPrimitives.ReadUInt64BigEndian(Bytes.AsSpan(11));
        return IsMethod(90) || (Bytes[19] & 1) == 0;
    }

    /// <summary><c>basic.ack</c> of one delivery.</summary>
    public static byte[] Ack(int channel, ulong tag)
    {
        var bytes = new byte[7 + 13 + 1];
        bytes[0] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(1), (ushort)channel);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(3), 13);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(7), Basic);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(9), 80);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(11), tag);
        bytes[^1] = 0xCE;
        return bytes;
    }
}
