using System.Buffers.Binary;

namespace StreamChat.Edge.Sockets;

/// <summary>
/// What a proxied WebSocket's gateway says to its client, byte for byte, until the edge stops: then the frame that is under way is
/// finished, a close frame with 1012 follows, and the rest is dropped. The client answers it through the edge, the gateway takes that
/// for the client's own goodbye, and so both see an orderly end.
/// </summary>
/// <param name="client">The way to the client.</param>
internal sealed class ClosableStream(Stream client) : Stream
{
    /// <summary>1012, service restart.</summary>
    private const ushort ServiceRestart = 1012;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private FrameBoundary _boundary;
    private volatile bool _closing;
    private volatile bool _closed;

    public override bool CanRead => client.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => client.CanWrite;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Says goodbye: now, or at the end of the frame that is under way.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        _closing = true;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await CloseAtBoundaryAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_closed)
            {
                return;
            }

            var taken = _boundary.Pass(buffer.Span, toFirstEnd: _closing);
            await client.WriteAsync(buffer[..taken], cancellationToken);
            await CloseAtBoundaryAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => client.FlushAsync(cancellationToken);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => client.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        client.ReadAsync(buffer, offset, count, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A proxied socket is read asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A proxied socket is written asynchronously.");

    public override void Flush() => throw new NotSupportedException("A proxied socket is written asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            client.Dispose();
            _turn.Dispose();
        }

        base.Dispose(disposing);
    }

    // a gateway that has said goodbye itself has had the last word
    private async Task CloseAtBoundaryAsync(CancellationToken cancellationToken)
    {
        if (!_closing || _closed || _boundary.HasClosed || !_boundary.IsAtEnd)
        {
            return;
        }

        _closed = true;
        await client.WriteAsync(CloseFrame(), cancellationToken);
        await client.FlushAsync(cancellationToken);
    }

    private static byte[] CloseFrame()
    {
        var reason = "Server restarts"u8;
        var frame = new byte[4 + reason.Length];
        frame[0] = 0x80 | FrameBoundary.Close;
        frame[1] = (byte)(2 + reason.Length);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), ServiceRestart);
        reason.CopyTo(frame.AsSpan(4));
        return frame;
    }
}
