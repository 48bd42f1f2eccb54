namespace StreamChat.Gateway.Runs;

/// <summary>What is to be done with an event.</summary>
internal enum Sequence
{
    /// <summary>It is the next one.</summary>
    Deliver,

    /// <summary>It was seen before, or belongs to an attempt that a newer one has replaced.</summary>
    Duplicate,

    /// <summary>Something before it is missing; ask for a replay after <see cref="Sequencer.LastSeq"/>.</summary>
    Gap,
}

/// <summary>
/// Keeps one viewer's order within a run: <c>seq</c> rises by one, a merged event covers a range, a new attempt begins at 1. The
/// bus delivers in order; this makes sure of it, for redelivery, a lost batch and a replay under way.
/// </summary>
internal struct Sequencer
{
    /// <summary>The attempt that is shown; 0 before the first event.</summary>
    public int Attempt { get; private set; }

    /// <summary>The last event shown; 0 before the first.</summary>
    public long LastSeq { get; private set; }

    /// <summary>One that has shown an attempt up to an event.</summary>
    public static Sequencer After(int attempt, long seq) => new() { Attempt = seq == 0 ? 0 : attempt, LastSeq = seq };

    /// <summary>Whether what follows a position has been shown already, all or in part, or is about to be.</summary>
    public readonly bool IsPast(int attempt, long seq) => Attempt > attempt || (Attempt == attempt && LastSeq >= seq);

    /// <summary>Whether something that begins here has been shown in part.</summary>
    public readonly bool IsInside(int attempt, long fromSeq) => Attempt == attempt && fromSeq <= LastSeq;

    /// <summary>Judges an event and, if it is the next one, moves on.</summary>
    public Sequence Next(int attempt, long fromSeq, long seq)
    {
        var last = attempt == Attempt ? LastSeq : 0;
        if (attempt < Attempt || seq <= last)
        {
            return Sequence.Duplicate;
        }

        if (fromSeq != last + 1)
        {
            return Sequence.Gap;
        }

        Attempt = attempt;
        LastSeq = seq;
        return Sequence.Deliver;
    }
}
