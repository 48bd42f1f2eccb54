namespace StreamChat.Gateway.Auth;

/// <summary>
/// Where a page comes from, as browsers write it into the header <c>Origin</c>: scheme, host and port, or <c>null</c>.
/// Two origins are the same when all three are.
/// </summary>
internal readonly record struct Origin
{
    /// <summary>What browsers send for pages without an origin: opened from a file, in a sandboxed frame, from a <c>data:</c> URL.</summary>
    public static readonly Origin Null = new("null", "", -1);

    /// <summary>They have the form of an origin, but no page has them: configured, they are a mistake.</summary>
    private static readonly string[] NotOfPages = ["ws", "wss", "ftp", "data", "blob", "about", "javascript"];

    private Origin(string scheme, string host, int port)
    {
        Scheme = scheme;
        Host = host;
        Port = port;
    }

    /// <summary>In lower case: <c>https</c>, or that of an app such as <c>capacitor</c>; <c>null</c> for <see cref="Null"/>.</summary>
    public string Scheme { get; }

    /// <summary>In lower case and ASCII, IPv6 without brackets. That of an app may be empty, and has its port in it.</summary>
    public string Host { get; }

    /// <summary>The port of <c>http</c> and <c>https</c>, the default one included; -1 for others.</summary>
    public int Port { get; }

    /// <summary>Whether a server on the browser's own machine sent the page: any port of localhost, 127.0.0.1 and [::1].</summary>
    public bool IsLocal => Scheme is "http" or "https" && Host is "localhost" or "127.0.0.1" or "::1";

    /// <summary>Reads an origin. A slash at the end is allowed, since people configure it so.</summary>
    /// <param name="text">What a header or the configuration says.</param>
    /// <param name="origin">The origin.</param>
    /// <returns>False when it is none: it has a path, a user, a wildcard, or a scheme that pages do not have.</returns>
    public static bool TryParse(string? text, out Origin origin)
    {
        origin = Null;
        if (text is null or "null")
        {
            return text is not null;
        }

        var end = text.IndexOf("://", StringComparison.Ordinal);
        if (end < 1 || !char.IsAsciiLetter(text[0]) || !text[..end].All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.'))
        {
            return false;
        }

        var scheme = text[..end].ToLowerInvariant();
        var host = text[(end + 3)..];
        host = host.EndsWith('/') ? host[..^1] : host;
        if (!host.All(MayStandInHost) || NotOfPages.Contains(scheme))
        {
            return false;
        }

        if (scheme is not ("http" or "https"))
        {
            origin = new(scheme, host.ToLowerInvariant(), -1);
            return true;
        }

        // Uri ignores what follows the bracket of an IPv6 address, as in [::1].evil.com
        if (!Uri.TryCreate($"{scheme}://{host}/", UriKind.Absolute, out var uri)
            || uri.Host.Length == 0
            || (uri.HostNameType == UriHostNameType.IPv6 && host[(host.IndexOf(']', StringComparison.Ordinal) + 1)..] is not ("" or [':', ..])))
        {
            return false;
        }

        origin = new(scheme, uri.IdnHost.ToLowerInvariant(), uri.Port);
        return true;
    }

    /// <summary>As browsers write it.</summary>
    public override string ToString() =>
        this == Null ? "null"
        : Port < 0 || new UriBuilder(Scheme, Host).Uri.Port == Port ? $"{Scheme}://{Bracketed}"
        : $"{Scheme}://{Bracketed}:{Port}";

    private string Bracketed => Port >= 0 && Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;

    // what would begin another part of a URL, separate values in a header, or stand for any host
    private static bool MayStandInHost(char c) => c > ' ' && !char.IsControl(c) && !@"/\?#@%,;*'""<>|^`{}".Contains(c, StringComparison.Ordinal);
}
