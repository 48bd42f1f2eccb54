namespace StreamChat.FaultEngine.Network;

/// <summary>How deliveries of the broker to the queue of one process are disordered. Off until started.</summary>
/// <param name="random">Decides about each.</param>
public sealed class DeliveryDisorder(Random random)
{
    private readonly Lock _lock = new();
    private int _disorder;
    private int _loss;

    /// <summary>How many deliveries came twice, in another order, or not at all.</summary>
    public int Done { get; private set; }

    /// <summary>Has so many percent come twice or in another order.</summary>
    public void Disorder(int percent)
    {
        lock (_lock)
        {
            _disorder = percent;
        }
    }

    /// <summary>Has so many percent not come.</summary>
    public void Lose(int percent)
    {
        lock (_lock)
        {
            _loss = percent;
        }
    }

    /// <summary>Nothing is done any more.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            (_disorder, _loss) = (0, 0);
        }
    }

    /// <summary>What becomes of the next delivery.</summary>
    internal Fate Next()
    {
        lock (_lock)
        {
            var fate = random.Next(100) < _loss ? Fate.Lost
                : random.Next(100) >= _disorder ? Fate.Plain
                : (Fate)random.Next((int)Fate.Twice, (int)Fate.Later + 1);
            Done += fate is Fate.Plain ? 0 : 1;
            return fate;
        }
    }

    /// <summary>What becomes of a delivery.</summary>
    internal enum Fate
    {
        /// <summary>It passes.</summary>
        Plain,

        /// <summary>It does not come, and the broker believes that it did.</summary>
        Lost,

        /// <summary>It comes twice in a row.</summary>
        Twice,

        /// <summary>It comes, and again after the next one.</summary>
        Again,

        /// <summary>It comes after the next one.</summary>
        Later,
    }
}
