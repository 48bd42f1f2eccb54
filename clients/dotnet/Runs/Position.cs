namespace StreamChat.Client.Runs;

/// <summary>What is to be done with an event.</summary>
internal enum Verdict
{
    /// <summary>It is the next one.</summary>
    Next,

    /// <summary>It was seen before, or belongs to an attempt that a newer one has replaced.</summary>
    Seen,

    /// <summary>Something before it is missing.</summary>
    Gap,
}

/// <summary>
/// How far a run has been seen: the attempt and the last <c>seq</c> of it. Whatever is sent twice or is missing on the way is noticed here,
/// whoever is to blame.
/// </summary>
internal struct Position(int attempt, long seq)
{
    public int Attempt { get; private set; } = attempt;

    public long Seq { get; private set; } = seq;

    public Verdict Advance(RunEvent e)
    {
        var last = e.Attempt == Attempt ? Seq : 0;
        if (e.Attempt < Attempt || e.Seq <= last)
        {
            return Verdict.Seen;
        }

        // a snapshot stands for everything before it
        if ((e.FromSeq ?? e.Seq) != last + 1 && e is not MessagesSnapshot)
        {
            return Verdict.Gap;
        }

        (Attempt, Seq) = (e.Attempt, e.Seq);
        return Verdict.Next;
    }
}
