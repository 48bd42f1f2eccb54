using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace StreamChat.IntegrationTests.Traces;

/// <summary>A plain WebSocket that knows no protocol.</summary>
internal sealed class TraceSocket(ClientWebSocket socket) : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    public WebSocketCloseStatus? CloseStatus => socket.CloseStatus;

    public static async Task<TraceSocket> ConnectAsync(Uri server, string path)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(new UriBuilder(server) { Scheme = "ws" }.Uri, path), TestContext.Current.CancellationToken);
        return new TraceSocket(socket);
    }

    public Task SendAsync(string frame) => frame == "binary"
        ? socket.SendAsync(new byte[] { 1, 2, 3 }, WebSocketMessageType.Binary, endOfMessage: true, TestContext.Current.CancellationToken)
        : socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    /// <returns>The next frame, or null when the server closes.</returns>
    /// <exception cref="TimeoutException">Nothing came.</exception>
    public async Task<JsonNode?> ReceiveAsync(TimeSpan? deadline = null)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(deadline ?? Deadline);
        var buffer = new byte[64 * 1024];
        using MemoryStream frame = new();
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer, timeout.Token);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return null;
                }

                frame.Write(buffer, 0, received.Count);
                if (received.EndOfMessage)
                {
                    return JsonNode.Parse(frame.ToArray());
                }
            }
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The server says nothing.");
        }
    }

    public void Dispose() => socket.Dispose();
}
