using StreamChat.Contracts.Events;
using StreamChat.Hosting.Http;

namespace StreamChat.AgentWorker.Models.Providers;

/// <summary>
/// A stream of server-sent events, of which none may be larger than a limit. Its readers hold an event in memory until the empty line at
/// its end, so that one without an end would take all there is, for every run that asks that provider.
/// </summary>
internal sealed class BoundedEvents(Stream stream, int mostBytes) : ReadStream
{
    private long _sinceEmptyLine;
    private bool _inLine;
    private bool _afterReturn;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = stream.Read(buffer);
        Watch(buffer[..read]);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await stream.ReadAsync(buffer, cancellationToken);
        Watch(buffer.Span[..read]);
        return read;
    }

    public override async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            stream.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Watch(ReadOnlySpan<byte> read)
    {
        while (!read.IsEmpty)
        {
            var end = read.IndexOfAny((byte)'\r', (byte)'\n');
            Count(end < 0 ? read.Length : end);
            if (end < 0)
            {
                return;
            }

            EndLine(isReturn: read[end] == '\r');
            read = read[(end + 1)..];
        }
    }

    private void Count(int bytes)
    {
        if (bytes == 0)
        {
            return;
        }

        (_inLine, _afterReturn) = (true, false);
        _sinceEmptyLine += bytes;
        if (_sinceEmptyLine > mostBytes)
        {
            throw new ProviderException(RunErrorCodes.ModelError, isPassing: true, "an event without an end");
        }
    }

    /// <summary>Lines end with either character, or with both in this order.</summary>
    private void EndLine(bool isReturn)
    {
        if (isReturn || !_afterReturn)
        {
            _sinceEmptyLine = _inLine ? _sinceEmptyLine : 0;
            _inLine = false;
        }

        _afterReturn = isReturn;
    }
}
