using System.Buffers.Binary;
using System.Text;

namespace StreamChat.TestSupport.Telemetry;

/// <summary>Reads the fields of one protobuf message, in their order; as much of the encoding as OTLP needs.</summary>
/// <param name="message">The message's bytes.</param>
public ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    private ReadOnlySpan<byte> _rest = message;
    private ReadOnlySpan<byte> _bytes;
    private ulong _number;

    /// <summary>The number of the field that <see cref="Next"/> moved to.</summary>
    public int Field { get; private set; }

    /// <summary>Its value, when it is a number; a negative one as two's complement.</summary>
    public readonly ulong Number => _number;

    /// <summary>Its value, when it is text.</summary>
    public readonly string Text => Encoding.UTF8.GetString(_bytes);

    /// <summary>Its value, when it is bytes, as lower-case hex digits.</summary>
    public readonly string Hex => Convert.ToHexStringLower(_bytes);

    /// <summary>Its value, when it is a message itself.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Moves to the next field.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="InvalidDataException">The bytes are no protobuf message.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var tag = ReadVarint();
        Field = (int)(tag >> 3);
        _bytes = default;
        _number = 0;
        switch ((int)(tag & 7))
        {
            case Varint:
                _number = ReadVarint();
                break;
            case Fixed64:
                _number = BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));
                break;
            case LengthDelimited:
                _bytes = Take(ReadVarint());
                break;
            case Fixed32:
                _number = BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));
                break;
            default:
                throw new InvalidDataException($"Wire type {tag & 7} is not in use.");
        }

        return true;
    }

    private ulong ReadVarint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A number has more than 64 bits.");
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length)
        {
            throw new InvalidDataException("The message ends within a field.");
        }

        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }
}
