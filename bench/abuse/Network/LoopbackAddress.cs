using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace StreamChat.Abuse.Network;

/// <summary>
/// Source addresses out of 127.0.0.0/8, all of which Linux accepts without set-up. Each client connects from an address of its own, as
/// clients on a network do: limits per address then need no other configuration, and ephemeral ports do not run out.
/// </summary>
internal static class LoopbackAddress
{
    /// <summary>The address of one client of a crowd.</summary>
    /// <param name="crowd">1 to 200; crowds share no address.</param>
    /// <param name="number">Which client, from 0 to 65,000.</param>
    public static IPAddress Of(int crowd, int number) =>
        IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"127.{crowd}.{number / 250}.{(number % 250) + 2}"));

    /// <summary>Connects from an address.</summary>
    /// <param name="from">The source address; null for any.</param>
    /// <param name="server">Base address of the server, which must be on loopback over IPv4.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="receiveBuffer">Size of the receive buffer in bytes; 0 for the system's default.</param>
    public static async Task<Socket> ConnectAsync(IPAddress? from, Uri server, CancellationToken cancellationToken, int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (receiveBuffer > 0)
            {
                socket.ReceiveBufferSize = receiveBuffer;
            }

            if (from is not null)
            {
                socket.Bind(new IPEndPoint(from, 0));
            }

            var address = IPAddress.TryParse(server.Host, out var ip) ? ip : IPAddress.Loopback;
            await socket.ConnectAsync(new IPEndPoint(address, server.Port), cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>An HTTP handler whose connections come from an address.</summary>
    public static SocketsHttpHandler Handler(IPAddress? from) => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectCallback = async (context, cancellationToken) => new NetworkStream(
            await ConnectAsync(from, new Uri($"http://{context.DnsEndPoint.Host}:{context.DnsEndPoint.Port}"), cancellationToken), ownsSocket: true),
    };
}
