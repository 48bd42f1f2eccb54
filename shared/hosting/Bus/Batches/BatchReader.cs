using System.Text;
using System.Text.Json;
using StreamChat.Contracts;
using StreamChat.Contracts.Events;

namespace StreamChat.Hosting.Bus.Batches;

/// <summary>
/// Reads a packed batch once, from its beginning to its end, in the form that <c>BatchForm</c> describes. Looks at no more than the
/// batch's bytes, and makes nothing that is larger than they are; whatever they are, the one thing it throws is
/// <see cref="BatchFormatException"/>.
/// </summary>
public ref struct BatchReader
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes;
    private int _at;
    private bool _inSlice;
    private long _nextSeq;
    private byte _messageKind;
    private ReadOnlySpan<byte> _messageTail;
    private bool _isEvent;
    private ReadOnlySpan<byte> _content;

    internal BatchReader(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        var version = ReadByte();
        if (version != BatchForm.Version)
        {
            throw new BatchFormatException($"The batch is of version {version}; known here is {BatchForm.Version}.");
        }

        WorkerId = TextOf(ReadText());
    }

    /// <summary>The worker that runs the runs of the batch.</summary>
    public string WorkerId { get; }

    /// <summary>The slice's run.</summary>
    public Guid RunId { get; private set; }

    /// <summary>The slice's attempt.</summary>
    public int Attempt { get; private set; }

    /// <summary>The first position that the event covers.</summary>
    public long FirstSeq { get; private set; }

    /// <summary>The event's position, the last one that it covers.</summary>
    public long Seq { get; private set; }

    /// <summary>Whether the event is a piece of a message's text, and <see cref="Delta"/> and <see cref="MessageId"/> tell all of it.</summary>
    public readonly bool IsText => !_isEvent && !IsReasoning;

    /// <summary>Bytes that are the same for all pieces of one message of the run, and others for any other message of it.</summary>
    public ReadOnlySpan<byte> MessageKey { get; private set; }

    private readonly bool IsReasoning => _messageKind is BatchForm.Reasoning or BatchForm.ReasoningOfRun;

    /// <summary>Goes to the next slice, past what was not read of this one.</summary>
    /// <returns>False at the end of the batch.</returns>
    /// <exception cref="BatchFormatException">The bytes are no batch.</exception>
    public bool NextSlice()
    {
        while (_inSlice)
        {
            NextEvent();
        }

        switch (ReadByte())
        {
            case BatchForm.Slice:
                RunId = new Guid(Take(BatchForm.RunIdBytes), bigEndian: true);
                Attempt = (int)ReadNumber(int.MaxValue);
                _nextSeq = (long)ReadNumber(long.MaxValue);
                _messageKind = 0;
                _inSlice = true;
                return true;
            case BatchForm.End when _at == _bytes.Length:
                return false;
            case BatchForm.End:
                throw new BatchFormatException("Something follows the end of the batch.");
            default:
                throw new BatchFormatException("What follows a slice is neither another one nor the end.");
        }
    }

    /// <summary>Goes to the next event of the slice.</summary>
    /// <returns>False at the end of the slice.</returns>
    /// <exception cref="BatchFormatException">The bytes are no batch.</exception>
    public bool NextEvent()
    {
        while (_inSlice)
        {
            var kind = ReadByte();
            switch (kind)
            {
                case BatchForm.End:
                    _inSlice = false;
                    break;
                case BatchForm.Message or BatchForm.MessageOfRun or BatchForm.Reasoning or BatchForm.ReasoningOfRun:
                    BeginMessage(kind);
                    break;
                case BatchForm.Piece:
                    Piece(positions: 1);
                    return true;
                case BatchForm.MergedPiece:
                    Piece((long)ReadNumber(long.MaxValue));
                    return true;
                case BatchForm.Event:
                    Cover(positions: 1);
                    _isEvent = true;
                    _content = ReadText();
                    return true;
                default:
                    throw new BatchFormatException("The slice has an entry of a kind not known here.");
            }
        }

        return false;
    }

    /// <summary>The message or reasoning that a piece belongs to.</summary>
    /// <returns>A new string.</returns>
    /// <exception cref="BatchFormatException">The bytes are no UTF-8.</exception>
    public readonly string MessageId() =>
        _messageKind is BatchForm.MessageOfRun or BatchForm.ReasoningOfRun ? $"{RunId:N}{TextOf(_messageTail)}" : TextOf(_messageTail);

    /// <summary>The text of a piece.</summary>
    /// <returns>A new string.</returns>
    /// <exception cref="BatchFormatException">The bytes are no UTF-8.</exception>
    /// <exception cref="InvalidOperationException">The event is no piece.</exception>
    public readonly string Delta() => _isEvent ? throw new InvalidOperationException("The event is no piece of text.") : TextOf(_content);

    /// <summary>The event, whatever it is.</summary>
    /// <returns>A new event.</returns>
    /// <exception cref="BatchFormatException">The bytes are no event.</exception>
    public readonly RunEvent Event()
    {
        if (_isEvent)
        {
            return Parse();
        }

        var fromSeq = FirstSeq < Seq ? FirstSeq : (long?)null;
        return IsReasoning
            ? new ReasoningMessageContent { Seq = Seq, FromSeq = fromSeq, MessageId = MessageId(), Delta = Delta() }
            : new TextMessageContent { Seq = Seq, FromSeq = fromSeq, MessageId = MessageId(), Delta = Delta() };
    }

    private readonly RunEvent Parse()
    {
        try
        {
            return JsonSerializer.Deserialize(_content, ContractsJson.Default.RunEvent) is { FromSeq: null } runEvent && runEvent.Seq == Seq
                ? runEvent
                : throw new BatchFormatException("The event has another position than its place in the slice.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new BatchFormatException("The event cannot be read.", e);
        }
    }

    private void BeginMessage(byte kind)
    {
        var start = _at - 1;
        _messageTail = ReadText();
        _messageKind = kind;
        MessageKey = _bytes[start.._at];
    }

    private void Piece(long positions)
    {
        if (_messageKind == 0)
        {
            throw new BatchFormatException("A piece of text belongs to no message.");
        }

        Cover(positions);
        _isEvent = false;
        _content = ReadText();
    }

    private void Cover(long positions)
    {
        if (positions < 1 || positions > long.MaxValue - _nextSeq)
        {
            throw new BatchFormatException("An event covers positions that there are not.");
        }

        FirstSeq = _nextSeq;
        _nextSeq += positions;
        Seq = _nextSeq - 1;
    }

    private byte ReadByte() => Take(1)[0];

    private ulong ReadNumber(ulong most)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = ReadByte();
            if (shift == 63 && next > 1)
            {
                throw new BatchFormatException("A number is too long.");
            }

            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value <= most ? value : throw new BatchFormatException("A number is too large.");
            }
        }
    }

    private ReadOnlySpan<byte> ReadText() => Take((int)ReadNumber(int.MaxValue));

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _bytes.Length - _at)
        {
            throw new BatchFormatException("The batch ends before its time.");
        }

        _at += length;
        return _bytes.Slice(_at - length, length);
    }

    private static string TextOf(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return Utf8.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            throw new BatchFormatException("A text is no UTF-8.", e);
        }
    }
}
