using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamChat.Contracts;
using StreamChat.Contracts.Events;

namespace StreamChat.Hosting.Bus.Batches;

/// <summary>
/// Packs batches, one after the other, in the form that <c>BatchForm</c> describes. Owns one pooled buffer, in which a batch grows;
/// what it hands out is a copy of the right size. Not for two threads at a time.
/// </summary>
public sealed class BatchWriter : IDisposable
{
    private const int FirstBuffer = 4 * 1024;

    // a buffer grown by a long replay goes back to the pool
    private const int KeepBuffer = 256 * 1024;

    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly Utf8JsonWriter _jsonWriter;
    private byte[] _buffer = [];
    private int _length;
    private Guid _runId;
    private int _attempt;
    private bool _sliceWritten;
    private long _nextSeq;
    private string? _messageId;
    private bool _isReasoning;

    /// <summary>Makes a writer. The first batch is begun with <see cref="Begin"/>.</summary>
    public BatchWriter() => _jsonWriter = new Utf8JsonWriter(_json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>How many events the batch holds so far.</summary>
    public int Events { get; private set; }

    /// <summary>Begins a batch, and drops what was written of one that was not completed.</summary>
    /// <param name="workerId">The worker that runs its runs.</param>
    public void Begin(string workerId)
    {
        _length = 0;
        Events = 0;
        WriteByte(BatchForm.Version);
        WriteText(workerId);
    }

    /// <summary>Begins what one run says. Without an event it leaves no trace.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="attempt">The attempt, from 1.</param>
    public void BeginSlice(Guid runId, int attempt)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(attempt);
        _runId = runId;
        _attempt = attempt;
        _sliceWritten = false;
        _messageId = null;
    }

    /// <summary>Adds a piece of a message's or reasoning's text.</summary>
    /// <param name="firstSeq">The first position that it covers; without a gap to the event before it.</param>
    /// <param name="seq">The last position that it covers.</param>
    /// <param name="messageId">The message or reasoning.</param>
    /// <param name="isReasoning">Which of the two.</param>
    /// <param name="delta">The text. Half of a surrogate pair becomes U+FFFD, as it would in JSON.</param>
    /// <exception cref="ArgumentException">There is a gap, or <paramref name="seq"/> is before <paramref name="firstSeq"/>.</exception>
    public void WritePiece(long firstSeq, long seq, string messageId, bool isReasoning, ReadOnlySpan<char> delta)
    {
        Advance(firstSeq, seq);
        if (_messageId != messageId || _isReasoning != isReasoning)
        {
            WriteMessage(messageId, isReasoning);
        }

        if (firstSeq == seq)
        {
            WriteByte(BatchForm.Piece);
        }
        else
        {
            WriteByte(BatchForm.MergedPiece);
            WriteNumber((ulong)(seq - firstSeq) + 1);
        }

        WriteText(delta);
    }

    /// <summary>Adds an event other than a piece of text.</summary>
    /// <param name="runEvent">The event, its position right after that of the one before it.</param>
    /// <exception cref="ArgumentException">There is a gap, or it covers several positions.</exception>
    public void WriteEvent(RunEvent runEvent)
    {
        ArgumentNullException.ThrowIfNull(runEvent);
        if (runEvent.FromSeq is not null)
        {
            throw new ArgumentException("Only pieces of text cover several positions.", nameof(runEvent));
        }

        Advance(runEvent.Seq, runEvent.Seq);
        _json.ResetWrittenCount();
        _jsonWriter.Reset();
        JsonSerializer.Serialize(_jsonWriter, runEvent, ContractsJson.Default.RunEvent);
        _jsonWriter.Flush();
        WriteByte(BatchForm.Event);
        WriteNumber((ulong)_json.WrittenCount);
        _json.WrittenSpan.CopyTo(Reserve(_json.WrittenCount));
        _length += _json.WrittenCount;
    }

    /// <summary>Ends what one run says.</summary>
    public void EndSlice()
    {
        if (_sliceWritten)
        {
            WriteByte(BatchForm.End);
        }
    }

    /// <summary>Ends the batch.</summary>
    /// <returns>The batch; the writer may be used for the next one.</returns>
    public PackedBatch Complete()
    {
        WriteByte(BatchForm.End);
        var packed = new PackedBatch(_buffer.AsSpan(0, _length).ToArray());
        if (_buffer.Length > KeepBuffer)
        {
            Release();
        }

        return packed;
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        Release();
        _jsonWriter.Dispose();
    }

    private void Advance(long firstSeq, long seq)
    {
        if (firstSeq < 0 || seq < firstSeq || seq == long.MaxValue || (_sliceWritten && firstSeq != _nextSeq))
        {
            throw new ArgumentException($"Events {firstSeq} to {seq} do not follow on what was written.", nameof(firstSeq));
        }

        if (!_sliceWritten)
        {
            WriteByte(BatchForm.Slice);
            _runId.TryWriteBytes(Reserve(BatchForm.RunIdBytes), bigEndian: true, out _);
            _length += BatchForm.RunIdBytes;
            WriteNumber((ulong)_attempt);
            WriteNumber((ulong)firstSeq);
            _sliceWritten = true;
        }

        _nextSeq = seq + 1;
        Events++;
    }

    private void WriteMessage(string messageId, bool isReasoning)
    {
        Span<char> run = stackalloc char[BatchForm.RunIdDigits];
        _runId.TryFormat(run, out _, "N");
        if (messageId.AsSpan().StartsWith(run))
        {
            WriteByte(isReasoning ? BatchForm.ReasoningOfRun : BatchForm.MessageOfRun);
            WriteText(messageId.AsSpan(run.Length));
        }
        else
        {
            WriteByte(isReasoning ? BatchForm.Reasoning : BatchForm.Message);
            WriteText(messageId);
        }

        _messageId = messageId;
        _isReasoning = isReasoning;
    }

    private void WriteByte(byte value)
    {
        Reserve(1)[0] = value;
        _length++;
    }

    private void WriteNumber(ulong value)
    {
        var to = Reserve(BatchForm.NumberBytes);
        var i = 0;
        for (; value >= 0x80; value >>= 7)
        {
            to[i++] = (byte)(value | 0x80);
        }

        to[i++] = (byte)value;
        _length += i;
    }

    private void WriteText(ReadOnlySpan<char> text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        WriteNumber((ulong)bytes);
        _length += Encoding.UTF8.GetBytes(text, Reserve(bytes));
    }

    private Span<byte> Reserve(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_length + bytes), Math.Max(FirstBuffer, _buffer.Length * 2)));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            var length = _length;
            Release();
            _buffer = larger;
            _length = length;
        }

        return _buffer.AsSpan(_length);
    }

    private void Release()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }

        _length = 0;
    }
}
