using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace StreamChat.Hosting.Http;

/// <summary>
/// Tells requests that came in by a listener on loopback, which only this machine reaches, from those that came in by one that the
/// network reaches. A process may have both.
/// </summary>
/// <param name="server">Knows the addresses once it listens.</param>
/// <param name="lifetime">Says when it does.</param>
public sealed class Listeners(IServer server, IHostApplicationLifetime lifetime)
{
    private HashSet<int>? _wildcardPorts;

    /// <summary>Whether only programs on this machine reach an address that a server listens on.</summary>
    /// <param name="address">The address, as <c>http://localhost:8080</c>.</param>
    /// <returns>True for localhost, 127.0.0.0/8 and [::1].</returns>
    public static bool IsLoopback(string address)
    {
        var host = BindingAddress.Parse(address).Host.Trim('[', ']');
        return host == "localhost" || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip));
    }

    /// <summary>Whether a connection came in by a listener on loopback of this process.</summary>
    /// <param name="connection">The connection.</param>
    /// <returns>False also for a connection from this machine to a listener that the network reaches too, and for a Unix socket.</returns>
    public bool IsOnLoopback(ConnectionInfo connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return connection.LocalIpAddress is { } address && IPAddress.IsLoopback(address) && !WildcardPorts().Contains(connection.LocalPort);
    }

    /// <summary>
    /// Whether the client of a request came in by a listener on loopback: the edge's, when an edge passed the request on and said so
    /// in <see cref="EdgeHeaders.Listener"/>, else this process's own.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <returns>The same as <see cref="IsOnLoopback"/>, of the process that the client is connected to.</returns>
    public bool ClientIsOnLoopback(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Request.Headers[EdgeHeaders.Listener] switch
        {
            [EdgeHeaders.LoopbackListener] => true,
            [EdgeHeaders.NetworkListener] => false,
            _ => IsOnLoopback(context.Connection),
        };
    }

    // a name that is neither an address nor localhost makes Kestrel listen on all addresses
    private static bool IsWildcard(string host) => IPAddress.TryParse(host.Trim('[', ']'), out var ip)
        ? ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)
        : host != "localhost";

    private HashSet<int> WildcardPorts()
    {
        if (_wildcardPorts is { } known)
        {
            return known;
        }

        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var ports = addresses.Select(BindingAddress.Parse).Where(a => !a.IsUnixPipe && !a.IsNamedPipe && IsWildcard(a.Host)).Select(a => a.Port).ToHashSet();

        // while it starts, the server may still replace port 0 by the one that it was given
        if (lifetime.ApplicationStarted.IsCancellationRequested)
        {
            _wildcardPorts = ports;
        }

        return ports;
    }
}
