using StreamChat.Contracts.Gateways;

namespace StreamChat.Gateway.Cluster;

/// <summary>What this gateway itself serves.</summary>
internal interface ILocalConnections
{
    /// <summary>Its numbers, by dialect.</summary>
    IReadOnlyList<DialectReport> Report();

    /// <summary>Its connections, oldest first.</summary>
    /// <param name="limit">How many at most.</param>
    IReadOnlyList<ConnectionDescription> List(int limit);

    /// <summary>Says something to those that it is for.</summary>
    /// <returns>To how many.</returns>
    int Broadcast(Broadcast broadcast);
}
