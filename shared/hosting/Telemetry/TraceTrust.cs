using System.Net;
using Microsoft.AspNetCore.Http;
using StreamChat.Hosting.Http;
using IPNetwork = System.Net.IPNetwork;

namespace StreamChat.Hosting.Telemetry;

/// <summary>
/// Whose requests may continue a trace. A client's <c>traceparent</c> would otherwise switch the tracing of its requests off, or put them
/// into any trace. Requests of others begin a trace of their own.
/// </summary>
public sealed class TraceTrust
{
    // what .NET reads as the parent of a request's span, and passes on
    private static readonly string[] Headers = ["traceparent", "tracestate", "baggage", "Request-Id", "Correlation-Context"];

    private readonly List<IPNetwork> _networks = [];

    /// <summary>Trusts these neighbours.</summary>
    /// <param name="networks">Addresses and networks; anything else in the list is ignored.</param>
    public void Add(IEnumerable<string> networks)
    {
        ArgumentNullException.ThrowIfNull(networks);
        _networks.AddRange(networks.Select(TrustedNetworks.Parse).OfType<IPNetwork>());
    }

    internal void RemoveForeignTrace(HttpContext context)
    {
        if (IsTrusted(context.Connection.RemoteIpAddress))
        {
            return;
        }

        foreach (var header in Headers)
        {
            context.Request.Headers.Remove(header);
        }
    }

    private bool IsTrusted(IPAddress? address)
    {
        var plain = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return plain is not null && _networks.Exists(n => n.Contains(plain));
    }
}
