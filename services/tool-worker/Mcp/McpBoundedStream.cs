using StreamChat.Hosting.Http;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>Where a message ends in what a server writes.</summary>
internal enum McpFraming
{
    /// <summary>With an empty line: server-sent events.</summary>
    Event,

    /// <summary>With the body: an answer in JSON, or one of HTTP that says what failed.</summary>
    Body,
}

/// <summary>What a server answers over HTTP, up to the first message that is too large. The SDK collects a message whole, however large, before it looks at it.</summary>
internal sealed class McpBoundedStream(Stream inner, McpFraming framing, int maxMessageBytes, Action<McpMessageTooLargeException> exceeded) : ReadStream
{
    private long _message;
    private bool _lineHasBegun;
    private bool _afterReturn;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        if (!Fits(buffer.Span[..count]))
        {
            var tooLarge = new McpMessageTooLargeException(maxMessageBytes);
            exceeded(tooLarge);
            throw tooLarge;
        }

        return count;
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

    private bool Fits(ReadOnlySpan<byte> read)
    {
        while (framing != McpFraming.Body && read.IndexOfAny((byte)'\r', (byte)'\n') is var end && end >= 0)
        {
            if (_message + end > maxMessageBytes)
            {
                return false;
            }

            EndLine(end, read[end] == '\r');
            read = read[(end + 1)..];
        }

        if (read.Length > 0)
        {
            (_lineHasBegun, _afterReturn) = (true, false);
        }

        _message += read.Length;
        return _message <= maxMessageBytes;
    }

    private void EndLine(int length, bool isReturn)
    {
        var isRestOfReturn = length == 0 && !isReturn && _afterReturn;
        var isEmpty = length == 0 && !_lineHasBegun && !isRestOfReturn;
        _message = isEmpty ? 0 : _message + length + 1;
        (_lineHasBegun, _afterReturn) = (false, isReturn);
    }
}
