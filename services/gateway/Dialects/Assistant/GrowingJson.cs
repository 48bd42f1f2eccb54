using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace StreamChat.Gateway.Dialects.Assistant;

/// <summary>
/// An array or a string that only grows and is said again and again: kept as the bytes that go out, so that what was said before
/// is copied and not written anew.
/// </summary>
internal sealed class GrowingJson
{
    private const int FirstBuffer = 256;

    private readonly byte _close;
    private byte[] _bytes = new byte[FirstBuffer];
    private char? _half;

    private GrowingJson(byte open, byte close)
    {
        _close = close;
        _bytes[0] = open;
        Length = 1;
    }

    /// <summary>How much there is, to come back to with <see cref="Truncate"/>.</summary>
    public int Length { get; private set; }

    /// <summary>The value as it stands, until the next change.</summary>
    public ReadOnlySpan<byte> Value
    {
        get
        {
            EnsureRoom(1);
            _bytes[Length] = _close;
            return _bytes.AsSpan(0, Length + 1);
        }
    }

    public bool IsEmpty => Length == 1;

    public static GrowingJson Array() => new((byte)'[', (byte)']');

    public static GrowingJson Text() => new((byte)'"', (byte)'"');

    /// <summary>Adds an item to an array.</summary>
    public void Add(ReadOnlySpan<byte> item)
    {
        if (!IsEmpty)
        {
            Append(","u8);
        }

        Append(item);
    }

    /// <summary>Adds to a string.</summary>
    public void Append(string text)
    {
        if (_half is { } half)
        {
            text = half + text;
            _half = null;
        }

        if (text.Length > 0 && char.IsHighSurrogate(text[^1]))
        {
            // its other half comes with the next piece
            _half = text[^1];
            text = text[..^1];
        }

        // by way of UTF-8, which makes something valid of halves that stay alone
        Append(JsonEncodedText.Encode(Encoding.UTF8.GetBytes(text), JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
    }

    /// <summary>Forgets what came after.</summary>
    public void Truncate(int length)
    {
        Length = length;
        _half = null;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        EnsureRoom(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    private void EnsureRoom(int more)
    {
        if (Length + more > _bytes.Length)
        {
            System.Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + more));
        }
    }
}
