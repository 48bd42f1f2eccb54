using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using StreamChat.Hosting.Health;

namespace StreamChat.Hosting.Http;

/// <summary>
/// The names by which this server may be addressed (header <c>Host</c>): ASP.NET Core's setting <c>AllowedHosts</c>, names separated
/// by semicolons, <c>*.example.com</c> for all below one, <c>*</c> for any. Names of loopback are always among them.
/// </summary>
/// <remarks>
/// This stops DNS rebinding, where a web page under the attacker's own name has that name point to 127.0.0.1: to the browser the
/// page and the server are then one origin, and only <c>Host</c> gives the page away. ASP.NET Core's middleware for the same
/// setting is switched off by <see cref="StreamChatHost"/>: it knows neither 127.0.0.0/8 nor the listener, refuses the health
/// probes of a container, and does not say in its answer which setting is meant.
/// </remarks>
public sealed class HostNames
{
    /// <summary>The key in the configuration.</summary>
    public const string Key = "AllowedHosts";

    private readonly List<StringSegment> _listed;

    private HostNames(List<StringSegment> listed) => _listed = listed;

    /// <summary>Reads the setting.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <returns>The names.</returns>
    /// <exception cref="OptionsValidationException">An entry is no host name; the message names the key.</exception>
    public static HostNames Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var entries = (configuration[Key] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var wrong = entries.Index().Where(e => !IsName(e.Item)).Select(e => $"{Key}: entry {e.Index + 1} must be a host name such as chat.example.com, without scheme, port and path").ToList();
        return wrong.Count == 0
            ? new([.. entries.Select(e => (StringSegment)new HostString(e).ToUriComponent())])
            : throw new OptionsValidationException(Key, typeof(HostNames), wrong);
    }

    /// <summary>Whether a name belongs to this machine alone, whatever DNS says: localhost and names below it, 127.0.0.0/8, [::1].</summary>
    /// <param name="host">The name, without port, IPv6 in brackets.</param>
    /// <returns>True for such a name.</returns>
    public static bool IsLoopback(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    }

    /// <summary>Whether a request may address this server by the name that it uses.</summary>
    /// <param name="host">The request's <c>Host</c>; its port does not matter.</param>
    /// <param name="loopbackOnly">What holds when the setting is missing: only names of loopback, or any name.</param>
    /// <returns>True when it may.</returns>
    public bool Allows(HostString host, bool loopbackOnly) =>
        (_listed.Count == 0 && !loopbackOnly) || IsLoopback(host.Host) || HostString.MatchesAny(host.Host, _listed);

    private static bool IsName(string entry) =>
        entry == "*" || (!entry.Any(c => c is '/' or '@' or '?' or '#' || char.IsWhiteSpace(c)) && new HostString(entry) is { Host.Length: > 0, Port: null });
}

/// <summary>Puts <see cref="HostNames"/> into a server.</summary>
public static class HostNameFilter
{
    /// <summary>Refuses requests that address the server by another name. Health probes are exempt: they disclose nothing, and balancers use an address.</summary>
    /// <param name="app">The application.</param>
    /// <param name="loopbackOnly">Whether a request came in where, without the setting, only names of loopback are answered.</param>
    /// <param name="refuse">Writes the refusal in the server's own form.</param>
    public static void UseHostNames(this WebApplication app, Func<HttpContext, bool> loopbackOnly, Func<HttpContext, Task> refuse)
    {
        ArgumentNullException.ThrowIfNull(app);
        var names = HostNames.Read(app.Configuration);
        app.Use((context, next) =>
            names.Allows(context.Request.Host, loopbackOnly(context)) || context.GetEndpoint()?.Metadata.GetMetadata<HealthProbe>() is not null
                ? next(context)
                : refuse(context));
    }
}
