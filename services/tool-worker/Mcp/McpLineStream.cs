using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using StreamChat.Hosting.Http;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>
/// What a program writes on its standard output, one message a line. The SDK collects a whole line before it parses it, so a line that is
/// too long is cut off and an error takes the place of that answer. The caller of a tool decides how much the tool returns, so the other
/// calls must not suffer from it. A long line that is no answer, or has no end, breaks the connection.
/// </summary>
/// <param name="inner">The program's output.</param>
/// <param name="maxLineBytes">How long a line may be.</param>
/// <param name="exceeded">Called before the connection is broken.</param>
internal sealed partial class McpLineStream(Stream inner, int maxLineBytes, Action<McpMessageTooLargeException> exceeded) : ReadStream
{
    // as much of the beginning and of the end of a line as holds the id of an answer
    private const int EdgeBytes = 256;

    // so many times the bound are skipped before a line counts as endless
    private const int LongestSkip = 64;

    private readonly byte[] _head = new byte[EdgeBytes];
    private readonly byte[] _tail = new byte[EdgeBytes];
    private readonly ArrayBufferWriter<byte> _pending = new();
    private int _pendingRead;
    private long _line;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (_pendingRead < _pending.WrittenCount)
            {
                var some = Math.Min(buffer.Length, _pending.WrittenCount - _pendingRead);
                _pending.WrittenMemory.Slice(_pendingRead, some).CopyTo(buffer);
                _pendingRead += some;
                return some;
            }

            var count = await inner.ReadAsync(buffer, cancellationToken);
            if (count == 0)
            {
                return 0;
            }

            if (Pass(buffer.Span[..count]) is var passed and > 0)
            {
                return passed;
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Follows the lines up to the first that is too long; what comes from there on, without the excess, is pending.</summary>
    /// <returns>How many bytes come before.</returns>
    private int Pass(ReadOnlySpan<byte> read)
    {
        _pending.ResetWrittenCount();
        _pendingRead = 0;
        for (var at = 0; at < read.Length;)
        {
            var length = read[at..].IndexOf((byte)'\n');
            var part = length < 0 ? read[at..] : read.Slice(at, length);
            if (_line + part.Length > maxLineBytes)
            {
                Shorten(read[at..]);
                return at;
            }

            Follow(part);
            at += part.Length;
            if (length >= 0)
            {
                _line = 0;
                at++;
            }
        }

        return read.Length;
    }

    private void Shorten(ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            var length = rest.IndexOf((byte)'\n');
            var part = length < 0 ? rest : rest[..length];
            var fits = (int)Math.Clamp(maxLineBytes - _line, 0, part.Length);
            _pending.Write(part[..fits]);
            Follow(part);
            if (_line > maxLineBytes && (!LooksLikeAnswer() || _line / LongestSkip > maxLineBytes))
            {
                Break();
            }

            if (length < 0)
            {
                return;
            }

            _pending.Write("\n"u8);
            if (_line > maxLineBytes)
            {
                _pending.Write(Encoding.UTF8.GetBytes(
                    $$$"""{"jsonrpc":"2.0","id":{{{FindId() ?? Break()}}},"error":{"code":-32000,"message":"The answer has more than {{{maxLineBytes}}} bytes."}}""" + '\n'));
            }

            _line = 0;
            rest = rest[(length + 1)..];
        }
    }

    private void Follow(ReadOnlySpan<byte> part)
    {
        if (_line < EdgeBytes)
        {
            part[..Math.Min(part.Length, EdgeBytes - (int)_line)].CopyTo(_head.AsSpan((int)_line));
        }

        var kept = Math.Max(0, EdgeBytes - part.Length);
        _tail.AsSpan(EdgeBytes - kept).CopyTo(_tail);
        part[Math.Max(0, part.Length - EdgeBytes)..].CopyTo(_tail.AsSpan(kept));
        _line += part.Length;
    }

    private bool LooksLikeAnswer() => Answer.IsMatch(Encoding.Latin1.GetString(_head));

    private string? FindId() =>
        IdAtBeginning.Match(Encoding.Latin1.GetString(_head)) is { Success: true } first ? first.Groups[1].Value
        : IdAtEnd.Match(Encoding.Latin1.GetString(_tail)) is { Success: true } last ? last.Groups[1].Value
        : null;

    private string Break()
    {
        var tooLarge = new McpMessageTooLargeException(maxLineBytes) { EndsConnection = true };
        exceeded(tooLarge);
        throw tooLarge;
    }

    [GeneratedRegex("""^\s*\{\s*"(jsonrpc|id|result)"\s*:""", RegexOptions.NonBacktracking)]
    private static partial Regex Answer { get; }

    [GeneratedRegex("""^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*("call-[0-9]+"|[0-9]+)\s*,\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"result"\s*:""", RegexOptions.NonBacktracking)]
    private static partial Regex IdAtBeginning { get; }

    [GeneratedRegex(""",\s*"id"\s*:\s*("call-[0-9]+"|[0-9]+)\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$""", RegexOptions.NonBacktracking)]
    private static partial Regex IdAtEnd { get; }
}
