using System.Net.Security;
using System.Net.Sockets;
using StreamChat.Hosting.Connections;
using StreamChat.Hosting.Http;
using Yarp.ReverseProxy.Forwarder;

namespace StreamChat.Edge.Gateways;

/// <summary>The edge has as many connections to gateways as its descriptors allow.</summary>
internal sealed class GatewaySocketsFullException() : Exception("There is no descriptor for another connection to a gateway.");

/// <summary>
/// Makes the HTTP client that talks to gateways. Bytes of headers pass unchanged in both directions, whatever their encoding. Connections are counted,
/// so that those that wait unused for one gateway do not use up the descriptors; probes always get one.
/// </summary>
internal sealed class GatewaySockets(ConnectionGate gate, ILogger<ForwarderHttpClientFactory> logger) : ForwarderHttpClientFactory(logger)
{
    // those of a burst of short requests soon make way for others
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(15);

    private int _open;

    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        handler.PooledConnectionIdleTimeout = IdleTimeout;
        handler.ConnectCallback = ConnectAsync;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        // what the edge passes on for a client always has this header
        var isProbe = !context.InitialRequestMessage.Headers.Contains(EdgeHeaders.Listener);
        if (Interlocked.Increment(ref _open) > gate.OutboundLimit && !isProbe)
        {
            Interlocked.Decrement(ref _open);
            gate.TurnAway("outbound");
            throw new GatewaySocketsFullException();
        }

        CountedStream connection;
        Socket? socket = null;
        try
        {
            socket = SocketBuffers.Limit(new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            connection = new CountedStream(socket, this);
        }
        catch
        {
            socket?.Dispose();
            Interlocked.Decrement(ref _open);
            throw;
        }

        return context.InitialRequestMessage.RequestUri?.Scheme == Uri.UriSchemeHttps
            ? await SecureAsync(connection, context.DnsEndPoint.Host, cancellationToken)
            : connection;
    }

    /// <summary>
    /// Compares the certificate with the gateway's own name. The handler would take the name from <c>Host</c>, which the client chose, and a
    /// client could make every gateway look as if it had a wrong certificate.
    /// </summary>
    private static async Task<Stream> SecureAsync(CountedStream connection, string gateway, CancellationToken cancellationToken)
    {
        var secured = new SslStream(connection);
        try
        {
            await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = gateway }, cancellationToken);
            return secured;
        }
        catch
        {
            await secured.DisposeAsync();
            throw;
        }
    }

    private sealed class CountedStream(Socket socket, GatewaySockets owner) : NetworkStream(socket, ownsSocket: true)
    {
        private int _disposed;

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                Interlocked.Decrement(ref owner._open);
            }
        }
    }
}
