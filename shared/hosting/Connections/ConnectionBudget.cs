namespace StreamChat.Hosting.Connections;

/// <summary>What connections may take of the process's file descriptors.</summary>
/// <param name="Capacity">Connections with a request, stream or WebSocket under way. A request on one more gets 503.</param>
/// <param name="Total">All connections, idle ones included. One more takes the place of the connection that has been idle for longest.</param>
/// <param name="Outbound">Connections to the services behind this one.</param>
internal sealed record ConnectionBudget(int Capacity, int Total, int Outbound)
{
    /// <summary>The smallest limit with which a service starts: the runtime and its assemblies alone take about 300.</summary>
    public const int SmallestLimit = 448;

    /// <summary>The limit that is assumed where the system does not tell one.</summary>
    public const int AssumedLimit = 10_000;

    /// <summary>Kept for what a process opens later: assemblies, the broker, the database, files.</summary>
    public const int Reserve = 96;

    private const int SmallestCapacity = 16;
    private const int SmallestMargin = 16;
    private const int LargestMargin = 1024;
    private const int MarginPart = 50;

    /// <summary>Derives the limits.</summary>
    /// <param name="descriptors">What the system allows, and what was open when the process had started.</param>
    /// <param name="share">The part of the rest that clients' connections may take, above 0 and up to 1.</param>
    /// <param name="most">The most connections that the operator wants; 0 for as many as possible.</param>
    public static ConnectionBudget Derive(Descriptors descriptors, double share, int most)
    {
        var free = Math.Max(0, (descriptors.Limit ?? AssumedLimit) - descriptors.InUse - Reserve);
        var capacity = Math.Max(SmallestCapacity, (int)(free * share));
        if (most > 0)
        {
            capacity = Math.Min(capacity, most);
        }

        // room for connections between two requests, and for the requests that get 503
        var total = capacity + Math.Clamp(capacity / MarginPart, SmallestMargin, LargestMargin);
        return new ConnectionBudget(capacity, total, Math.Max(SmallestCapacity, free - total));
    }
}
