using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace StreamChat.Hosting.Connections;

/// <summary>
/// How much the system may hold of one connection. Left alone, Linux lets these buffers grow to some megabytes each, out of our limits' sight: a
/// client that is read slowly, or that reads nothing, would fill them at full speed, twice behind an edge.
/// </summary>
public static class SocketBuffers
{
    /// <summary>
    /// What is asked for, in bytes, in each direction. Linux doubles it and uses half for its own book-keeping. Enough for about 320 KB a second and connection at a round trip of 0.2 s.
    /// </summary>
    public const int Bytes = 64 * 1024;

    /// <summary>Limits the buffers of a socket; of one that listens, those of the connections that it accepts.</summary>
    /// <param name="socket">The socket, before it connects or listens.</param>
    /// <returns>The socket.</returns>
    public static Socket Limit(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        socket.ReceiveBufferSize = Bytes;
        socket.SendBufferSize = Bytes;
        return socket;
    }

    /// <summary>A listening socket as Kestrel makes it, with limited buffers.</summary>
    internal static Socket CreateListenSocket(EndPoint endpoint) => Limit(SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint));
}
