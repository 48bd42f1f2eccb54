using System.Net.Sockets;
using System.Text;

namespace StreamChat.UnitTests.Edge;

/// <summary>Sends bytes as they are, of which no HTTP client would send some.</summary>
internal static class RawClient
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Sends a request and reads until the server closes the connection.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="request">One character for each byte; <c>\n</c> is sent as <c>\r\n</c>.</param>
    /// <param name="ends">Whether the client says that nothing more comes.</param>
    public static async Task<string> SendAsync(Uri server, string request, bool ends = false)
    {
        using var client = await ConnectAsync(server, request);
        if (ends)
        {
            client.Client.Shutdown(SocketShutdown.Send);
        }

        return await ReadToEndAsync(client);
    }

    /// <summary>Sends a request and reads the head of the answer.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public static async Task<string> SendForHeadAsync(Uri server, string request, bool ends)
    {
        using var client = await ConnectAsync(server, request);
        if (ends)
        {
            client.Client.Shutdown(SocketShutdown.Send);
        }

        return await ReadAsync(client, answer => answer.Contains("\r\n\r\n", StringComparison.Ordinal));
    }

    /// <summary>Sends a request, or a part of one, and resets the connection.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public static async Task SendAndResetAsync(Uri server, string request)
    {
        using var client = await ConnectAsync(server, request);
        client.LingerState = new LingerOption(enable: true, seconds: 0);
    }

    public static Task<string> ReadToEndAsync(TcpClient client) => ReadAsync(client, _ => false);

    public static async Task<TcpClient> ConnectAsync(Uri server, string request)
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request.ReplaceLineEndings("\r\n")));
        return client;
    }

    private static async Task<string> ReadAsync(TcpClient client, Func<string, bool> isEnough)
    {
        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        StringBuilder answer = new();
        var buffer = new byte[4096];
        try
        {
            while (!isEnough(answer.ToString()) && await client.Client.ReceiveAsync(buffer, deadline.Token) is var count and > 0)
            {
                answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }
        }
        catch (SocketException)
        {
            // reset
        }

        return answer.ToString();
    }
}
