using System.Buffers;
using System.Text;
using StreamChat.Contracts.Events;
using StreamChat.Gateway.Dialects;

namespace StreamChat.Gateway.Connections;

/// <summary>
/// What waits to be sent to one connection, bounded in bytes. Frames are encoded as they come into one buffer; the writer takes
/// the whole buffer at once. When much waits, text deltas are not encoded but merged, run by run, and encoded when they are
/// taken. Never waits: what does not fit is refused, and the connection is then closed.
/// </summary>
internal sealed class OutboundQueue(IDialectSession dialect, int maxBytes, int mergeBytes, GatewayTelemetry telemetry) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly Dictionary<Guid, PendingText> _pending = [];
    private OutboundFrames _filling = new();
    private long _pendingBytes;
    private bool _signalled;
    private bool _closed;

    /// <summary>Adds an event.</summary>
    /// <returns>False when the limit is reached; nothing more is taken from then on.</returns>
    public bool TryAdd(ServerEvent serverEvent)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            var before = Bytes;
            if (serverEvent is RunOutput { Event: TextMessageContent text } output && (before > mergeBytes || _pending.ContainsKey(output.RunId)))
            {
                Merge(output, text);
            }
            else
            {
                if (serverEvent is RunOutput run)
                {
                    // what was held back of this run comes before what it says next
                    Flush(run.RunId);
                }

                Encode(serverEvent);
            }

            telemetry.Queued(Bytes - before);
            if (Bytes > maxBytes)
            {
                Close();
                return false;
            }

            if (!_signalled && Bytes > 0)
            {
                _signalled = true;
                _signal.Release();
            }

            return true;
        }
    }

    /// <summary>Takes all that waits, waiting for something if nothing does.</summary>
    /// <param name="spare">An empty set of frames to fill meanwhile.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The frames, or null when the queue is completed and empty.</returns>
    public async ValueTask<OutboundFrames?> TakeAsync(OutboundFrames spare, CancellationToken cancellationToken)
    {
        while (true)
        {
            await _signal.WaitAsync(cancellationToken);
            lock (_lock)
            {
                _signalled = false;
                var before = Bytes;
                foreach (var runId in _pending.Keys.ToArray())
                {
                    Flush(runId);
                }

                if (_filling.Count > 0)
                {
                    var taken = _filling;
                    _filling = spare;
                    telemetry.Queued(-before);
                    if (_closed)
                    {
                        Signal();
                    }

                    return taken;
                }

                if (_closed)
                {
                    return null;
                }
            }
        }
    }

    /// <summary>Takes nothing more; what waits is still sent.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _closed = true;
            Signal();
        }
    }

    /// <summary>Lets go of what waits.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            Close();
            _filling.Dispose();
        }

        _signal.Dispose();
    }

    private long Bytes => _filling.Length + _pendingBytes;

    private void Close()
    {
        telemetry.Queued(-Bytes);
        _filling.Clear();
        _pending.Clear();
        _pendingBytes = 0;
        _closed = true;
        Signal();
    }

    private void Signal()
    {
        if (!_signalled)
        {
            _signalled = true;
            _signal.Release();
        }
    }

    private void Encode(ServerEvent serverEvent)
    {
        if (dialect.Encode(serverEvent, _filling))
        {
            _filling.EndFrame();
        }
    }

    private void Merge(RunOutput output, TextMessageContent text)
    {
        if (_pending.TryGetValue(output.RunId, out var pending))
        {
            if (pending.MessageId == text.MessageId && pending.Attempt == output.Attempt)
            {
                pending.Add(text);
                _pendingBytes += Encoding.UTF8.GetByteCount(text.Delta);
                telemetry.Merged();
                return;
            }

            Flush(output.RunId);
        }

        _pending.Add(output.RunId, new PendingText(output.Attempt, text));
        _pendingBytes += Encoding.UTF8.GetByteCount(text.Delta);
    }

    private void Flush(Guid runId)
    {
        if (_pending.Remove(runId, out var pending))
        {
            var text = pending.ToEvent();
            _pendingBytes -= Encoding.UTF8.GetByteCount(text.Delta);
            Encode(new RunOutput(runId, pending.Attempt, text));
        }
    }

    private sealed class PendingText(int attempt, TextMessageContent first)
    {
        private readonly StringBuilder _text = new(first.Delta);
        private readonly long _fromSeq = first.FromSeq ?? first.Seq;
        private long _seq = first.Seq;

        public int Attempt => attempt;

        public string MessageId => first.MessageId;

        public void Add(TextMessageContent next)
        {
            _text.Append(next.Delta);
            _seq = next.Seq;
        }

        public TextMessageContent ToEvent() =>
            new() { Seq = _seq, FromSeq = _seq > _fromSeq ? _fromSeq : null, MessageId = first.MessageId, Delta = _text.ToString() };
    }
}

/// <summary>Encoded frames, one after the other in one pooled buffer.</summary>
internal sealed class OutboundFrames : IBufferWriter<byte>, IDisposable
{
    private const int FirstBuffer = 512;

    // a buffer grown by a burst goes back to the pool when it is empty, so that a quiet connection holds little
    private const int KeepBuffer = 4 * 1024;

    private readonly List<int> _ends = [];
    private byte[] _buffer = [];

    /// <summary>How many frames.</summary>
    public int Count => _ends.Count;

    /// <summary>How many bytes.</summary>
    public int Length { get; private set; }

    public ReadOnlyMemory<byte> this[int index]
    {
        get
        {
            var start = index == 0 ? 0 : _ends[index - 1];
            return _buffer.AsMemory(start, _ends[index] - start);
        }
    }

    public void EndFrame() => _ends.Add(Length);

    public void Clear()
    {
        _ends.Clear();
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
