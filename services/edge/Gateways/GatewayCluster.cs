using System.Globalization;
using System.Net;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;

namespace StreamChat.Edge.Gateways;

/// <summary>The proxy's configuration: one cluster of gateways, and one route that sends it all that the edge does not answer itself.</summary>
internal static class GatewayCluster
{
    public const string Id = "gateways";

    /// <summary>One character for each byte, so that headers in any encoding, or none, pass unchanged.</summary>
    public const string HeaderEncoding = "iso-8859-1";

    public static IReadOnlyList<RouteConfig> Routes { get; } =
    [
        new()
        {
            RouteId = "all",
            ClusterId = Id,
            Match = new() { Path = "/{**path}" },
            Transforms =
            [
                // what the client asked for, which the gateway compares with the Origin of a browser
                new Dictionary<string, string> { ["RequestHeaderOriginalHost"] = "true" },

                // of the client's own claims about its way here none is believed
                new Dictionary<string, string> { ["X-Forwarded"] = "Set" },
                new Dictionary<string, string> { ["RequestHeaderRemove"] = "Forwarded" },
            ],
        },
    ];

    public static IReadOnlyList<ClusterConfig> Describe(EdgeOptions options) =>
    [
        new()
        {
            ClusterId = Id,
            LoadBalancingPolicy = UserRendezvousPolicy.PolicyName,
            Destinations = options.Gateways.ToDictionary(DestinationId, gateway => new DestinationConfig { Address = gateway.AbsoluteUri }),
            HttpClient = new() { RequestHeaderEncoding = HeaderEncoding, ResponseHeaderEncoding = HeaderEncoding },
            HttpRequest = new() { ActivityTimeout = options.ActivityTimeout, Version = HttpVersion.Version11 },
            HealthCheck = new()
            {
                AvailableDestinationsPolicy = HealthyFirstPolicy.PolicyName,
                Active = new()
                {
                    Enabled = true,
                    Policy = HealthCheckConstants.ActivePolicy.ConsecutiveFailures,
                    Interval = options.HealthCheckInterval,
                    Timeout = options.HealthCheckTimeout,
                    Path = "/health/ready",
                },
                Passive = new()
                {
                    Enabled = true,
                    Policy = ConnectFailurePolicy.PolicyName,
                    ReactivationPeriod = options.ReactivationPeriod,
                },
            },
            Metadata = new Dictionary<string, string>
            {
                [ConsecutiveFailuresHealthPolicyOptions.ThresholdMetadataName] =
                    options.HealthCheckThreshold.ToString(CultureInfo.InvariantCulture),
            },
        },
    ];

    /// <summary>The URL in its normal form, so that the place in the list or a spelling does not decide who goes where.</summary>
    private static string DestinationId(Uri gateway) => gateway.AbsoluteUri.TrimEnd('/');
}
