namespace StreamChat.Gateway.Cluster;

/// <summary>What all gateways together serve.</summary>
internal interface IClusterNumbers
{
    /// <summary>The numbers of one dialect.</summary>
    /// <param name="dialect">Its name.</param>
    DialectNumbers Of(string dialect);

    /// <summary>The numbers of all dialects together.</summary>
    DialectNumbers OfAll();
}

/// <summary>Connections, added up.</summary>
internal sealed record DialectNumbers
{
    public static readonly DialectNumbers None = new();

    /// <summary>Connections that are open.</summary>
    public int Connections { get; init; }

    /// <summary>Users that have one, counted on each gateway for itself.</summary>
    public int Users { get; init; }

    /// <summary>Frames sent to the connections that are open.</summary>
    public long FramesSent { get; init; }

    /// <summary>Connections ever accepted.</summary>
    public long TotalConnections { get; init; }

    /// <summary>Frames ever sent.</summary>
    public long TotalFramesSent { get; init; }

    /// <summary>When the oldest open connection was accepted; null when none is open.</summary>
    public DateTimeOffset? OldestOpenedAt { get; init; }
}
