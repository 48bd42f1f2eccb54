using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace StreamChat.IntegrationTests.Traces;

/// <summary>A plain WebSocket that knows no protocol. Reads all the time, so that waiting for a frame can be given up.</summary>
internal sealed class TraceSocket : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    private readonly ClientWebSocket _socket = new();
    private readonly Channel<JsonNode> _frames = Channel.CreateUnbounded<JsonNode>();
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public static async Task<TraceSocket> ConnectAsync(Uri server, string path)
    {
        var trace = new TraceSocket();
        await trace._socket.ConnectAsync(new Uri(new UriBuilder(server) { Scheme = "ws" }.Uri, path), TestContext.Current.CancellationToken);
        trace._reading = trace.ReadAsync();
        return trace;
    }

    public Task SendAsync(string frame) => frame == "binary"
        ? _socket.SendAsync(new byte[] { 1, 2, 3 }, WebSocketMessageType.Binary, endOfMessage: true, TestContext.Current.CancellationToken)
        : _socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    /// <returns>The next frame, or null when the server has closed.</returns>
    /// <exception cref="TimeoutException">Nothing came.</exception>
    public async Task<JsonNode?> ReceiveAsync(TimeSpan? deadline = null)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(deadline ?? Deadline);
        try
        {
            return await _frames.Reader.ReadAsync(timeout.Token);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The server says nothing.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        using MemoryStream frame = new();
        try
        {
            while (await _socket.ReceiveAsync(buffer, _stop.Token) is { MessageType: not WebSocketMessageType.Close } received)
            {
                frame.Write(buffer, 0, received.Count);
                if (received.EndOfMessage)
                {
                    _frames.Writer.TryWrite(JsonNode.Parse(frame.ToArray())!);
                    frame.SetLength(0);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // the test is over, or the server is gone, which the missing close code tells
        }

        _frames.Writer.TryComplete();
    }
}
