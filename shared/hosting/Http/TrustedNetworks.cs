using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace StreamChat.Hosting.Http;

/// <summary>
/// Whose word on a client's address is taken. <c>X-Forwarded-For</c> is a header like any other, so only from those who are known to
/// write it themselves.
/// </summary>
public static class TrustedNetworks
{
    /// <summary>This machine.</summary>
    public static readonly IReadOnlyList<string> Loopback = ["127.0.0.0/8", "::1/128"];

    /// <summary>
    /// Lets requests from the given networks say in <c>X-Forwarded-For</c> for whom they come. Only the last entry counts: the one
    /// that the trusted neighbour has added.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <param name="networks">Addresses and networks.</param>
    public static void UseForwardedAddress(this IApplicationBuilder app, IEnumerable<string> networks)
    {
        ArgumentNullException.ThrowIfNull(networks);
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = 1 };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in networks.Select(Parse).OfType<IPNetwork>())
        {
            options.KnownIPNetworks.Add(network);
        }

        // the middleware takes an empty list for "believe everybody"
        if (options.KnownIPNetworks.Count > 0)
        {
            app.UseForwardedHeaders(options);
        }
    }

    /// <summary>Says what is wrong with a list from the configuration.</summary>
    /// <param name="networks">The list.</param>
    /// <param name="key">Its key.</param>
    /// <returns>One result for each that cannot be used.</returns>
    public static IEnumerable<ValidationResult> Problems(IList<string> networks, string key)
    {
        ArgumentNullException.ThrowIfNull(networks);
        for (var i = 0; i < networks.Count; i++)
        {
            if (Parse(networks[i]) is null)
            {
                yield return new("must be an IP address or a network, such as 10.0.0.0/8", [$"{key}:{i}"]);
            }
        }
    }

    internal static IPNetwork? Parse(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
