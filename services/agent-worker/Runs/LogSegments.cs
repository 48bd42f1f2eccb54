using StreamChat.Contracts.Events;
using StreamChat.Hosting.Bus.Batches;

namespace StreamChat.AgentWorker.Runs;

/// <summary>A piece of a run's log: consecutive events.</summary>
internal abstract class LogSegment(long firstSeq, long writtenBefore)
{
    public long FirstSeq { get; } = firstSeq;

    /// <summary>What the log had written before it, in characters.</summary>
    public long WrittenBefore { get; } = writtenBefore;

    public abstract long LastSeq { get; }

    public abstract int Size { get; }

    /// <summary>What of it lies before a position, in characters.</summary>
    public abstract int SizeBefore(long seq);

    /// <summary>Adds events from a position on, at least one, and stops with the one that reaches the size or stands before another position.</summary>
    public abstract (long NextSeq, long Size) Read(long fromSeq, long beforeSeq, long maxChars, int mergeAbove, BatchWriter into);
}

/// <summary>One event that is not text.</summary>
internal sealed class LogEvent(long seq, long writtenBefore, RunEvent held, int size) : LogSegment(seq, writtenBefore)
{
    public override long LastSeq => FirstSeq;

    public override int Size => size;

    public override int SizeBefore(long seq) => 0;

    public override (long NextSeq, long Size) Read(long fromSeq, long beforeSeq, long maxChars, int mergeAbove, BatchWriter into)
    {
        into.WriteEvent(held);
        return (FirstSeq + 1, size);
    }
}

/// <summary>Text of one message or reasoning: its characters, and where each delta ends.</summary>
internal sealed class LogText(long firstSeq, long writtenBefore, string messageId, bool isReasoning) : LogSegment(firstSeq, writtenBefore)
{
    // closed at this size, so that what everybody has read can be let go of in pieces, none of them a large object
    private const int FullChars = 16 * 1024;

    private const int FirstChars = 64;

    private readonly List<int> _ends = [];
    private char[] _text = [];
    private int _length;

    public string MessageId => messageId;

    public bool IsReasoning => isReasoning;

    public bool IsFull => _length >= FullChars;

    public override long LastSeq => FirstSeq + _ends.Count - 1;

    public override int Size => _length;

    public void Append(string delta)
    {
        var end = _length + delta.Length;
        if (end > _text.Length)
        {
            Array.Resize(ref _text, Math.Max(end, Math.Max(FirstChars, _text.Length * 2)));
        }

        delta.CopyTo(_text.AsSpan(_length));
        _length = end;
        _ends.Add(end);
    }

    public override int SizeBefore(long seq) => StartOf((int)(seq - FirstSeq));

    public override (long NextSeq, long Size) Read(long fromSeq, long beforeSeq, long maxChars, int mergeAbove, BatchWriter into)
    {
        var first = (int)(fromSeq - FirstSeq);
        var end = first + 1;
        while (end < _ends.Count && FirstSeq + end < beforeSeq && _ends[end] - StartOf(first) <= maxChars)
        {
            end++;
        }

        if (end - first > mergeAbove)
        {
            Write(first, end, into);
        }
        else
        {
            for (var i = first; i < end; i++)
            {
                Write(i, i + 1, into);
            }
        }

        return (FirstSeq + end, _ends[end - 1] - StartOf(first));
    }

    private int StartOf(int index) => index == 0 ? 0 : _ends[index - 1];

    private void Write(int first, int end, BatchWriter into) => into.WritePiece(
        FirstSeq + first, FirstSeq + end - 1, messageId, isReasoning, _text.AsSpan(StartOf(first).._ends[end - 1]));
}
