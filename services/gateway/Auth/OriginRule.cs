using Microsoft.Extensions.Options;

namespace StreamChat.Gateway.Auth;

/// <summary>
/// Which pages may connect. Browsers let any page open a socket to any server and send along what they know of it, so the server
/// must look at the <c>Origin</c> that they add: the same host, or on the list.
/// </summary>
internal sealed class OriginRule(IOptions<AuthOptions> options)
{
    public const string Any = "*";

    public static readonly Refusal Refusal = Refusal.Forbidden("origin", "Pages of this origin may not connect.");

    public bool Allows(HttpRequest request)
    {
        if (request.Headers.Origin.Count == 0 || options.Value.Origins.Contains(Any))
        {
            return true;
        }

        return TryParse(request.Headers.Origin.ToString(), out var origin)
            && (IsSameHost(origin, request.Host) || options.Value.Origins.Any(o => TryParse(o, out var allowed) && allowed == origin));
    }

    public static bool TryParse(string text, out (string Scheme, string Host, int Port) origin)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0)
        {
            origin = (uri.Scheme, uri.IdnHost.ToLowerInvariant(), uri.Port);
            return true;
        }

        origin = default;
        return false;
    }

    // of TLS, which a proxy may have ended, the page's own scheme tells
    private static bool IsSameHost((string Scheme, string Host, int Port) origin, HostString host) =>
        TryParse($"{origin.Scheme}://{host.Value}", out var own) && own == origin;
}
