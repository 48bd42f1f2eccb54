using System.Net.Sockets;

namespace StreamChat.TestSupport.Brokers;

/// <summary>Whether a broker answers.</summary>
internal static class AmqpProbe
{
    private static readonly byte[] ProtocolHeader = [.. "AMQP"u8, 0, 0, 9, 1];

    /// <summary>An open port is not enough: the answer to the protocol header is the broker's first word.</summary>
    public static async Task<bool> AnswersAsync(string host, int port)
    {
        try
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, timeout.Token);
            await client.GetStream().WriteAsync(ProtocolHeader, timeout.Token);
            var frameType = new byte[1];
            return await client.GetStream().ReadAsync(frameType, timeout.Token) == 1 && frameType[0] == 1;
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
