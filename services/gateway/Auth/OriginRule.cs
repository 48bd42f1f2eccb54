using Microsoft.Extensions.Options;
using StreamChat.Hosting.Http;

namespace StreamChat.Gateway.Auth;

/// <summary>What the pages of an origin may do here.</summary>
internal enum OriginGrant
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Use the server as any page may: the list contains <c>*</c>.</summary>
    AsAny,

    /// <summary>Use the server, but not with cookies and the like: the origin is <c>null</c>, which pages of any site can have.</summary>
    WithoutCredentials,

    /// <summary>Use the server as its own pages do.</summary>
    Full,
}

/// <summary>
/// Which pages may use the server, over sockets and HTTP alike. Browsers let any page send requests to any server, from the user's
/// place in the network and with the user's cookies, so the server must look at what browsers add of the page: <c>Origin</c>, and
/// where they leave that out, <c>Sec-Fetch-Site</c>.
/// </summary>
internal sealed class OriginRule
{
    public const string Any = "*";

    public static readonly Refusal Refusal = Refusal.Forbidden(
        "origin", "A page of another origin sent this request. Only pages of this host, and of the origins in Auth:Origins, may use this server.");

    private readonly bool _any;
    private readonly bool _required;
    private readonly HashSet<Origin> _listed;
    private readonly Listeners _listeners;

    public OriginRule(IOptions<AuthOptions> options, Listeners listeners)
    {
        _any = options.Value.Origins.Contains(Any);
        _required = options.Value.Required;
        _listed = [.. options.Value.Origins.Where(o => o != Any).Select(o => Origin.TryParse(o, out var origin) ? origin : throw new FormatException($"'{o}' is not an origin."))];
        _listeners = listeners;
    }

    /// <summary>
    /// Whether the page that a request comes from may make it. True for programs that are not browsers: they send neither header.
    /// A navigation, or a GET for a picture or a script, has no <c>Origin</c>; it must come from a page of this host or from the
    /// user, who typed the address.
    /// </summary>
    public bool Allows(HttpContext context)
    {
        var headers = context.Request.Headers;
        return _any || (headers.Origin.Count == 0 ? headers["Sec-Fetch-Site"] is [] or ["same-origin" or "none"] : GrantTo(context) != OriginGrant.None);
    }

    /// <summary>What the origin of a request's header <c>Origin</c> may do.</summary>
    public OriginGrant GrantTo(HttpContext context)
    {
        if (context.Request.Headers.Origin is [{ } text] && Origin.TryParse(text, out var origin) && IsListed(context, origin))
        {
            return origin == Origin.Null ? OriginGrant.WithoutCredentials : OriginGrant.Full;
        }

        return _any && context.Request.Headers.Origin.Count > 0 ? OriginGrant.AsAny : OriginGrant.None;
    }

    private bool IsListed(HttpContext context, Origin origin) =>
        _listed.Contains(origin)
        || IsSameHost(origin, context.Request.Host)
        || (!_required && origin.IsLocal && _listeners.ClientIsOnLoopback(context));

    // whether there is TLS, which a proxy may have ended, only the page's own scheme says
    private static bool IsSameHost(Origin origin, HostString host) =>
        origin.Port >= 0 && Origin.TryParse($"{origin.Scheme}://{host.Value}", out var own) && own == origin;
}
