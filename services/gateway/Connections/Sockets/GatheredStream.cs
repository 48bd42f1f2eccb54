using StreamChat.Gateway.Limits;

namespace StreamChat.Gateway.Connections.Sockets;

/// <summary>
/// What a WebSocket writes to and reads from. While frames are gathered they wait in one buffer, and the write after that takes them
/// along: one system call, and one wake-up of the client, for all of them. The WebSocket writes one frame at a time, also its own pings, so
/// that their order stays. A client that sends more than its pace allows is read later.
/// </summary>
/// <param name="inner">The network connection.</param>
internal sealed class GatheredStream(Stream inner) : Stream
{
    // past it they go out, so that a long queue is not copied as a whole
    private const int MostGathered = 64 * 1024;

    // a buffer grown by a burst is let go of, so that a quiet connection holds little
    private const int MostKept = 4 * 1024;

    // the first byte of a pong frame; the socket answers a ping while it reads, so that its caller sees neither
    private const byte Pong = 0x8A;

    private volatile bool _gathers;
    private byte[] _buffer = [];
    private int _length;

    /// <summary>Whether what is written waits. When it does not any more, the next write takes along what waits.</summary>
    public bool Gathers
    {
        get => _gathers;
        set => _gathers = value;
    }

    /// <summary>How fast it is read; null for as fast as the client sends.</summary>
    public FramePace? Pace { get; set; }

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer is { Length: > 0, Span: [Pong, ..] })
        {
            Pace?.Count();
        }

        if (_gathers && _length + buffer.Length <= MostGathered)
        {
            Append(buffer.Span);
            return ValueTask.CompletedTask;
        }

        return _length == 0 ? inner.WriteAsync(buffer, cancellationToken) : WriteAllAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => _gathers ? Task.CompletedTask : inner.FlushAsync(cancellationToken);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Pace is not { } pace)
        {
            return inner.ReadAsync(buffer, cancellationToken);
        }

        pace.CountRead();
        return pace.Pause() is var pause && pause > TimeSpan.Zero ? ReadLaterAsync(pace, pause, buffer, cancellationToken) : inner.ReadAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A WebSocket reads asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A WebSocket writes asynchronously.");

    public override void Flush() => throw new NotSupportedException("A WebSocket writes asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadLaterAsync(FramePace pace, TimeSpan pause, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await pace.WaitAsync(pause, cancellationToken);
        return await inner.ReadAsync(buffer, cancellationToken);
    }

    private async ValueTask WriteAllAsync(ReadOnlyMemory<byte> last, CancellationToken cancellationToken)
    {
        Append(last.Span);
        await inner.WriteAsync(_buffer.AsMemory(0, _length), cancellationToken);
        _length = 0;
        if (_buffer.Length > MostKept)
        {
            _buffer = [];
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        var needed = _length + bytes.Length;
        if (needed > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(needed, _buffer.Length * 2));
        }

        bytes.CopyTo(_buffer.AsSpan(_length));
        _length = needed;
    }
}
