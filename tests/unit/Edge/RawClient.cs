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
    public static async Task<string> SendAsync(Uri server, string request)
    {
        using var client = await ConnectAsync(server, request);
        client.Client.Shutdown(SocketShutdown.Send);
        return await ReadToEndAsync(client);
    }

    /// <summary>Sends a request, or a part of one, and resets the connection.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public static async Task SendAndResetAsync(Uri server, string request)
    {
        using var client = await ConnectAsync(server, request);
        client.LingerState = new LingerOption(enable: true, seconds: 0);
    }

    public static async Task<string> ReadToEndAsync(TcpClient client)
    {
        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        StringBuilder answer = new();
        var buffer = new byte[4096];
        try
        {
            while (await client.GetStream().ReadAsync(buffer, deadline.Token) is var count and > 0)
            {
                answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }
        }
        catch (IOException)
        {
            // reset
        }

        return answer.ToString();
    }

    public static async Task<TcpClient> ConnectAsync(Uri server, string request)
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request.ReplaceLineEndings("\r\n")));
        return client;
    }
}
