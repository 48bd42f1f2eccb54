using System.Net;
using System.Net.Sockets;

namespace StreamChat.TestSupport.Processes;

/// <summary>Loopback ports that nobody listens on.</summary>
public static class FreePorts
{
    // below the range from which Linux takes ports for outgoing connections: one handed out here stays free until it is used
    private const int First = 18_000;
    private const int End = 32_000;

    private static readonly HashSet<int> Taken = [];

    /// <summary>A port that is free now and is not handed out again in this process.</summary>
    public static int Next()
    {
        lock (Taken)
        {
            while (true)
            {
                var port = Random.Shared.Next(First, End);
                if (!Taken.Contains(port) && IsFree(port))
                {
                    Taken.Add(port);
                    return port;
                }
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
