using System.Text;
using StreamChat.Contracts.Events;

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

    /// <summary>Adds events from a position on, at least one, and stops with the one that reaches the size.</summary>
    public abstract (long NextSeq, long Size) Read(long fromSeq, long maxChars, int mergeAbove, List<RunEvent> into);
}

/// <summary>One event that is not text.</summary>
internal sealed class LogEvent(long seq, long writtenBefore, RunEvent held, int size) : LogSegment(seq, writtenBefore)
{
    public override long LastSeq => FirstSeq;

    public override int Size => size;

    public override int SizeBefore(long seq) => 0;

    public override (long NextSeq, long Size) Read(long fromSeq, long maxChars, int mergeAbove, List<RunEvent> into)
    {
        into.Add(held);
        return (FirstSeq + 1, size);
    }
}

/// <summary>Text of one message or reasoning: its characters, and where each delta ends.</summary>
internal sealed class LogText(long firstSeq, long writtenBefore, string messageId, bool isReasoning) : LogSegment(firstSeq, writtenBefore)
{
    // closed at this size, so that what everybody has read can be let go of in pieces
    private const int FullChars = 64 * 1024;

    private readonly List<int> _ends = [];
    private readonly StringBuilder _text = new();

    public string MessageId => messageId;

    public bool IsReasoning => isReasoning;

    public bool IsFull => _text.Length >= FullChars;

    public override long LastSeq => FirstSeq + _ends.Count - 1;

    public override int Size => _text.Length;

    public void Append(string delta)
    {
        _text.Append(delta);
        _ends.Add(_text.Length);
    }

    public override int SizeBefore(long seq) => StartOf((int)(seq - FirstSeq));

    public override (long NextSeq, long Size) Read(long fromSeq, long maxChars, int mergeAbove, List<RunEvent> into)
    {
        var first = (int)(fromSeq - FirstSeq);
        var end = first + 1;
        while (end < _ends.Count && _ends[end] - StartOf(first) <= maxChars)
        {
            end++;
        }

        if (end - first > mergeAbove)
        {
            into.Add(Content(first, end));
        }
        else
        {
            for (var i = first; i < end; i++)
            {
                into.Add(Content(i, i + 1));
            }
        }

        return (FirstSeq + end, _ends[end - 1] - StartOf(first));
    }

    private int StartOf(int index) => index == 0 ? 0 : _ends[index - 1];

    private RunEvent Content(int first, int end)
    {
        var seq = FirstSeq + end - 1;
        var fromSeq = end - first > 1 ? FirstSeq + first : (long?)null;
        var delta = _text.ToString(StartOf(first), _ends[end - 1] - StartOf(first));
        return isReasoning
            ? new ReasoningMessageContent { Seq = seq, FromSeq = fromSeq, MessageId = messageId, Delta = delta }
            : new TextMessageContent { Seq = seq, FromSeq = fromSeq, MessageId = messageId, Delta = delta };
    }
}
