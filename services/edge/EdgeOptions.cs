using System.ComponentModel.DataAnnotations;
using StreamChat.Hosting.Http;

namespace StreamChat.Edge;

/// <summary>Section <c>Edge</c>. <see cref="Gateways"/> and the settings of probes and activity may change while the edge runs.</summary>
public sealed class EdgeOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Edge";

    /// <summary>
    /// Base URL of each gateway, for example <c>http://gateway-1:8081</c>. It also names the gateway in the choice by user: with the
    /// same URLs, in any order, every edge sends a user to the same one.
    /// </summary>
    public IList<Uri> Gateways { get; } = [];

    /// <summary>Time between two probes of a gateway's <c>/health/ready</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:05:00")]
    public TimeSpan HealthCheckInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a probe may take before it counts as failed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:05:00")]
    public TimeSpan HealthCheckTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>After how many failed probes in a row a gateway gets no new requests; its open sockets stay. One good probe brings it back.</summary>
    [Range(1, 100)]
    public int HealthCheckThreshold { get; set; } = 2;

    /// <summary>How long a gateway that failed requests, not probes, is left alone before it is tried again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan ReactivationPeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a request, stream or socket may pass no byte in either direction before it is cut. Live sockets carry a ping every
    /// 30 s, so what is silent for longer than that several times over is dead.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ActivityTimeout { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>Over how long a stopping edge spreads the closes of its sockets; shorter than <see cref="DrainTimeout"/>. 0 for all at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainSpread { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a stopping edge lets open requests and sockets go on. Clients then come back through another edge.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Most connections with a request, stream or socket under way; a request on one more gets 503 with <c>Retry-After</c>. 0 for as many as
    /// the limit of file descriptors allows, which is also the most: each takes two.
    /// </summary>
    [Range(0, 10_000_000)]
    public int Connections { get; set; }

    /// <summary>
    /// The largest body of a request, in bytes; a larger one is answered with 413. It is not passed on: a gateway that rejects a request
    /// closes the connection under a body that is still on its way. To be raised with an endpoint of one's own that takes more.
    /// </summary>
    [Range(1, 1_073_741_824)]
    public int MaxBody { get; set; } = RequestBody.Max;

    /// <summary>
    /// Addresses and networks (<c>10.0.0.0/8</c>) of load balancers in front of the edge, whose <c>X-Forwarded-For</c> is believed and
    /// whose trace (<c>traceparent</c>) is continued. Without any, a client's address is the one that its connection comes from, and every
    /// request begins a trace of its own.
    /// </summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Gateways.Count == 0)
        {
            yield return new("at least one base URL is needed, for example Edge__Gateways__0=http://localhost:8081", [nameof(Gateways)]);
        }

        foreach (var problem in TrustedNetworks.Problems(TrustedProxies, nameof(TrustedProxies)))
        {
            yield return problem;
        }

        var seen = new HashSet<Uri>();
        for (var i = 0; i < Gateways.Count; i++)
        {
            var gateway = Gateways[i];
            if (!gateway.IsAbsoluteUri || (gateway.Scheme != Uri.UriSchemeHttp && gateway.Scheme != Uri.UriSchemeHttps))
            {
                yield return new("must be an absolute http or https URL, such as http://gateway-1:8081", [$"{nameof(Gateways)}:{i}"]);
            }
            else if (gateway.UserInfo.Length > 0 || gateway.Query.Length > 0)
            {
                // neither reaches the gateway, and the proxy logs the address
                yield return new("must not contain a user, a password or a query", [$"{nameof(Gateways)}:{i}"]);
            }
            else if (!seen.Add(gateway))
            {
                yield return new("repeats the URL of another entry", [$"{nameof(Gateways)}:{i}"]);
            }
        }
    }
}
