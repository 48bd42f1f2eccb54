using System.Buffers;
using System.Net.WebSockets;
using StreamChat.Gateway.Limits;

namespace StreamChat.Gateway.Connections;

/// <summary>What came in.</summary>
internal enum FrameKind
{
    Text,
    Binary,

    /// <summary>More than the limit; nothing of it is kept.</summary>
    TooLarge,

    /// <summary>The client closes.</summary>
    Close,

    /// <summary>A discarded message: the connection is being closed.</summary>
    Dropped,
}

/// <summary>
/// Reads whole messages up to a size. Waits with an empty buffer, so that an idle connection holds none, and rents one only when
/// bytes are there. A message that is not there at once is accounted for in <see cref="UnreadBytes"/> until it has been read; a large
/// one is read at the rate of <see cref="LargeFrames"/>.
/// </summary>
/// <param name="socket">Where it reads.</param>
/// <param name="maxBytes">The largest message.</param>
/// <param name="unread">The account.</param>
/// <param name="large">The rate of large messages.</param>
/// <param name="pace">Counts what is read; null for no pace.</param>
/// <param name="time">The clock.</param>
/// <param name="evict">Closes the connection because unfinished messages hold too much.</param>
internal sealed class FrameReader(WebSocket socket, int maxBytes, UnreadBytes unread, LargeFrames large, FramePace? pace, TimeProvider time, Action evict) : IDisposable
{
    private const int FirstBuffer = 4 * 1024;

    // larger ones are not pooled: the shared pool keeps what it was given, and after a burst of large messages the pool would keep
    // unused memory (a thousand connections with one megabyte each)
    private const int MostPooled = 64 * 1024;

    // a piece of a message smaller than this counts as a frame for the pace
    private const int SmallPiece = 128;

    // after so much of what is dropped there is a pause, so that dropping costs little
    private const int DroppedAtOnce = 64 * 1024;
    private static readonly TimeSpan DropPause = TimeSpan.FromMilliseconds(50);

    // a client can send fragments faster than they are read; such a message is accounted for as well, and others get their turn
    private const int MostAtOnce = 64;

    private byte[]? _buffer;
    private int _length;
    private volatile bool _drops;
    private volatile UnreadBytes.Share? _share;
    private volatile bool _waits;

    /// <summary>The message read last; valid until <see cref="Release"/>.</summary>
    public ReadOnlyMemory<byte> Frame => _buffer.AsMemory(0, _length);

    /// <summary>
    /// When the message began that is not complete, a <see cref="TimeProvider"/> timestamp, later by the time for which this process did
    /// not read it; null when there is none or it is not read now. Called by any thread.
    /// </summary>
    public long? BegunAt => _waits ? null : _share?.BeganAt;

    /// <summary>Waits for the next message.</summary>
    /// <exception cref="WebSocketException">The client is gone without a word, or broke the WebSocket protocol itself.</exception>
    public async ValueTask<FrameKind> ReadAsync(CancellationToken cancellationToken)
    {
        _length = 0;
        var received = await socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
        for (var reads = 1; !received.EndOfMessage; reads++)
        {
            if (!await TryMakeRoomAsync(cancellationToken))
            {
                return FrameKind.Dropped;
            }

            var receiving = socket.ReceiveAsync(_buffer.AsMemory(_length), cancellationToken);
            if (!receiving.IsCompleted || reads == MostAtOnce)
            {
                _share ??= unread.Begin(_buffer!.Length, evict);
            }

            received = await receiving;
            if (!received.EndOfMessage && received.Count < SmallPiece)
            {
                // fragments are frames too; the last one counts as the message
                pace?.Count();
            }

            _length = _drops ? 0 : _length + received.Count;
            if (_length > maxBytes)
            {
                return FrameKind.TooLarge;
            }

            if (reads % MostAtOnce == 0)
            {
                await Task.Yield();
            }
        }

        pace?.Count();
        return received.MessageType switch
        {
            WebSocketMessageType.Close => FrameKind.Close,
            _ when _drops => FrameKind.Dropped,
            WebSocketMessageType.Binary => FrameKind.Binary,
            _ => FrameKind.Text, // valid UTF-8: the socket checks it
        };
    }

    /// <summary>The connection is being closed: what still comes of a message is not kept.</summary>
    public void Drop() => _drops = true;

    /// <summary>Reads and drops everything until the client closes.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        Release();
        _buffer = Rent(FirstBuffer);
        for (var dropped = 0; ;)
        {
            var received = await socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            dropped += received.Count;
            if (dropped >= DroppedAtOnce)
            {
                dropped = 0;
                await Task.Delay(DropPause, time, cancellationToken);
            }
        }
    }

    /// <summary>Gives the buffer back.</summary>
    public void Release()
    {
        if (_buffer is not null)
        {
            Return(_buffer);
            _buffer = null;
            _length = 0;
        }

        if (_share is { } share)
        {
            _share = null;
            share.Dispose();
        }
    }

    public void Dispose() => Release();

    private static byte[] Rent(int bytes) => bytes <= MostPooled ? ArrayPool<byte>.Shared.Rent(bytes) : GC.AllocateUninitializedArray<byte>(bytes);

    private static void Return(byte[] buffer)
    {
        if (buffer.Length <= MostPooled)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask WaitAsync(ValueTask turn)
    {
        if (turn.IsCompletedSuccessfully)
        {
            return;
        }

        var since = time.GetTimestamp();
        var share = _share ??= unread.Begin(_buffer!.Length, evict);
        _waits = true;
        await turn;
        share.Exclude(time.GetTimestamp() - since);
        _waits = false;
    }

    /// <returns>False when there is no room for a message that large.</returns>
    private ValueTask<bool> TryMakeRoomAsync(CancellationToken cancellationToken)
    {
        if (_buffer is null)
        {
            _buffer = Rent(FirstBuffer);
            return ValueTask.FromResult(true);
        }

        return _length < _buffer.Length ? ValueTask.FromResult(true) : TryGrowAsync(cancellationToken);
    }

    private async ValueTask<bool> TryGrowAsync(CancellationToken cancellationToken)
    {
        // one byte more than allowed is enough to know that it is too large
        var size = (int)Math.Min(_buffer!.Length * 2L, maxBytes + 1L);
        if (size > LargeFrames.FreeBytes)
        {
            await WaitAsync(large.WaitAsync(size - _buffer.Length, cancellationToken));
        }

        if (_share is null && size > MostPooled)
        {
            _share = unread.Begin(_buffer.Length, evict);
        }

        if (_share is not null && !await _share.GrowAsync(size - _buffer.Length, cancellationToken))
        {
            return false;
        }

        var larger = Rent(size);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        Return(_buffer);
        _buffer = larger;
        return true;
    }
}
