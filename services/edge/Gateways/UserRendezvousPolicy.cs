using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Utilities;

namespace StreamChat.Edge.Gateways;

/// <summary>
/// Sends all connections of a user to the same gateway, so that limits per user are exact and rooms mostly local, without any
/// table: each gateway's weight for the user is a hash of both names, and the heaviest takes the user. When a gateway leaves, only
/// its own users move. A request that names no user goes to the less busy of two random gateways.
/// </summary>
/// <param name="random">Where chance comes from.</param>
internal sealed class UserRendezvousPolicy(IRandomFactory random) : ILoadBalancingPolicy
{
    public const string PolicyName = "UserRendezvous";

    public string Name => PolicyName;

    public DestinationState? PickDestination(
        HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations) => availableDestinations.Count switch
        {
            0 => null,
            1 => availableDestinations[0],
            _ => RequestUser.Find(context.Request) is { } user
                ? Heaviest(user, availableDestinations)
                : LessBusyOfTwo(availableDestinations),
        };

    private static DestinationState Heaviest(string user, IReadOnlyList<DestinationState> destinations)
    {
        var best = destinations[0];
        var bestWeight = RendezvousHash.Weight(user, best.DestinationId);
        for (var i = 1; i < destinations.Count; i++)
        {
            var weight = RendezvousHash.Weight(user, destinations[i].DestinationId);
            if (weight > bestWeight)
            {
                (best, bestWeight) = (destinations[i], weight);
            }
        }

        return best;
    }

    private DestinationState LessBusyOfTwo(IReadOnlyList<DestinationState> destinations)
    {
        var chance = random.CreateRandomInstance();
        var first = chance.Next(destinations.Count);
        var second = chance.Next(destinations.Count - 1);
        if (second >= first)
        {
            second++;
        }

        return destinations[first].ConcurrentRequestCount <= destinations[second].ConcurrentRequestCount
            ? destinations[first]
            : destinations[second];
    }
}
