namespace StreamChat.Load;

/// <summary>Whether the tokens 1 to <c>expected</c> of a run came each once and in order.</summary>
/// <param name="expected">How many there should be.</param>
internal sealed class SequenceCheck(int expected)
{
    private readonly bool[] _seen = new bool[expected];
    private int _highest;

    public int Received { get; private set; }

    public int Duplicated { get; private set; }

    /// <summary>Tokens that came after one with a higher number: a swap of two neighbours counts once.</summary>
    public int OutOfOrder { get; private set; }

    /// <summary>Tokens whose number was never asked for.</summary>
    public int Unexpected { get; private set; }

    public int Lost => expected - Received;

    /// <summary>All tokens are waited for again; what was found wrong stays so.</summary>
    public void Restart()
    {
        Array.Clear(_seen);
        (Received, _highest) = (0, 0);
    }

    /// <summary>Notes a token.</summary>
    /// <returns>Whether it is one that was waited for: in range, and here for the first time.</returns>
    public bool Add(int index)
    {
        if (index < 1 || index > expected)
        {
            Unexpected++;
            return false;
        }

        if (_seen[index - 1])
        {
            Duplicated++;
            return false;
        }

        _seen[index - 1] = true;
        Received++;
        if (index < _highest)
        {
            OutOfOrder++;
        }
        else
        {
            _highest = index;
        }

        return true;
    }
}
