using System.Net;
using Microsoft.Extensions.Options;
using StreamChat.Gateway.Auth;

namespace StreamChat.Gateway.Limits;

/// <summary>
/// What one network address may do. In mode <c>open</c> a name costs nothing, so the address is all there is to count by: there are
/// limits by default, but not for this machine, where proxies and load generators stand. In mode <c>required</c> there are none
/// unless they are set. Limits that are set hold for every address.
/// </summary>
internal sealed class AddressLimits(IOptions<LimitsOptions> options, IOptions<AuthOptions> auth, TimeProvider time)
{
    /// <summary><see cref="LimitsOptions.ConnectionsPerAddress"/> in mode <c>open</c>, unless set.</summary>
    internal const int DefaultConnections = 256;

    /// <summary><see cref="LimitsOptions.RequestsPerAddress"/> in mode <c>open</c>, unless set.</summary>
    internal const int DefaultRequests = 600;

    private readonly TokenBuckets _requests = new(time);

    /// <summary>How many connections an address may have; 0 for any number.</summary>
    public int Connections(IPAddress address) => options.Value.ConnectionsPerAddress ?? (HasDefaults(address) ? DefaultConnections : 0);

    /// <summary>Counts a request of an address.</summary>
    /// <param name="address">From where; null when that is not known, which is not limited.</param>
    /// <param name="cost">As how many it counts.</param>
    /// <returns>How long to wait; null when it may be served.</returns>
    public TimeSpan? Take(IPAddress? address, int cost = 1)
    {
        if (address is null || (options.Value.RequestsPerAddress ?? (HasDefaults(address) ? DefaultRequests : 0)) is not (> 0 and var capacity))
        {
            return null;
        }

        return _requests.Take(ConnectionPlaces.Network(address).ToString(), capacity, options.Value.RequestsPerAddressPerSecond, cost);
    }

    /// <summary>Counts a run, as <see cref="LimitsOptions.RunCost"/> requests of an address.</summary>
    /// <param name="address">From where; null when that is not known, which is not limited.</param>
    /// <returns>How long to wait; null when it may be served.</returns>
    public TimeSpan? TakeRun(IPAddress? address) => Take(address, options.Value.RunCost);

    /// <summary>Counts a request that was served as several: it cost a question and found nothing. In mode <c>open</c> a new name would escape the user's bucket.</summary>
    /// <param name="address">From where; null when that is not known.</param>
    public void FoundNothing(IPAddress? address)
    {
        if (address is not null)
        {
            _requests.Charge(ConnectionPlaces.Network(address).ToString(), options.Value.UnknownCost - 1);
        }
    }

    private bool HasDefaults(IPAddress address) => !auth.Value.Required && !IPAddress.IsLoopback(address);
}
