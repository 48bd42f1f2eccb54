using System.Buffers;
using StreamChat.Gateway.Dialects;

namespace StreamChat.Gateway.Connections;

/// <summary>Encoded frames, one after the other in one pooled buffer.</summary>
internal sealed class OutboundFrames : IFrameOutput, IDisposable
{
    private const int FirstBuffer = 512;

    // a buffer grown by a burst goes back to the pool when it is empty, so that a quiet connection holds little
    private const int KeepBuffer = 4 * 1024;

    private readonly List<(int End, Guid? Snapshot)> _frames = [];
    private byte[] _buffer = [];

    /// <summary>How many frames.</summary>
    public int Count => _frames.Count;

    /// <summary>How many bytes.</summary>
    public int Length { get; private set; }

    public ReadOnlyMemory<byte> this[int index]
    {
        get
        {
            var start = StartOf(index);
            return _buffer.AsMemory(start, _frames[index].End - start);
        }
    }

    public void EndFrame() => _frames.Add((Length, null));

    public void EndSnapshot(Guid of)
    {
        var last = _frames.Count - 1;
        if (last >= 0 && _frames[last].Snapshot == of)
        {
            var (from, to) = (_frames[last].End, StartOf(last));
            _buffer.AsSpan(from, Length - from).CopyTo(_buffer.AsSpan(to));
            Length -= from - to;
            _frames.RemoveAt(last);
        }

        _frames.Add((Length, of));
    }

    public void Clear()
    {
        _frames.Clear();
        Length = 0;
        if (_buffer.Length > KeepBuffer)
        {
            Dispose();
        }
    }

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureRoom(sizeHint);
        return _buffer.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        EnsureRoom(sizeHint);
        return _buffer.AsSpan(Length);
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private int StartOf(int index) => index == 0 ? 0 : _frames[index - 1].End;

    private void EnsureRoom(int sizeHint)
    {
        var needed = Length + Math.Max(sizeHint, 1);
        if (needed > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(FirstBuffer, _buffer.Length * 2)));
            _buffer.AsSpan(0, Length).CopyTo(larger);
            if (_buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
            }

            _buffer = larger;
        }
    }
}
