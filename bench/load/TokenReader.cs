using System.Buffers.Text;

namespace StreamChat.Load;

/// <summary>Reads the tokens <c>i@unixMicroseconds </c> of a delta, one after the other.</summary>
/// <param name="delta">One token, or several that were merged on the way.</param>
internal ref struct TokenReader(ReadOnlySpan<byte> delta)
{
    private ReadOnlySpan<byte> _rest = delta;

    /// <summary>Whether what was left is no token.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>The token's number, from 1.</summary>
    public int Index { get; private set; }

    /// <summary>When the model emitted it, in microseconds since 1970.</summary>
    public long EmittedMicroseconds { get; private set; }

    public bool Read()
    {
        if (_rest.IsEmpty || IsMalformed)
        {
            return false;
        }

        var end = _rest.IndexOf((byte)' ');
        if (end < 0
            || !Utf8Parser.TryParse(_rest, out int index, out var digits)
            || _rest[digits] != '@'
            || !Utf8Parser.TryParse(_rest[(digits + 1)..], out long emitted, out var more)
            || digits + 1 + more != end)
        {
            IsMalformed = true;
            return false;
        }

        (Index, EmittedMicroseconds) = (index, emitted);
        _rest = _rest[(end + 1)..];
        return true;
    }
}
