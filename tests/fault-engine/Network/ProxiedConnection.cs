using System.Net.Sockets;

namespace StreamChat.FaultEngine.Network;

/// <summary>One connection through a <see cref="FaultProxy"/>.</summary>
internal sealed class ProxiedConnection(FaultProxy proxy, Socket client, Socket server)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _halfOpen;
    private volatile bool _isCut;

    /// <summary>When both sides are closed.</summary>
    public Task Ended => _ended.Task;

    public async Task RunAsync()
    {
        using var mangler = proxy.Disorder is { } disorder
            ? new DeliveryMangler(disorder, bytes => SendAsync(client, bytes), bytes => SendAsync(server, bytes))
            : null;
        await Task.WhenAll(
            PumpAsync(client, server, toClient: false, mangler is null ? bytes => SendAsync(server, bytes) : mangler.FromClientAsync),
            PumpAsync(server, client, toClient: true, mangler is null ? bytes => SendAsync(client, bytes) : mangler.FromServerAsync));
        client.Dispose();
        server.Dispose();
        _ended.TrySetResult();
    }

    /// <summary>Ends it for both.</summary>
    public void Cut(bool reset)
    {
        _isCut = true;
        Close(client, reset);
        Close(server, reset);
    }

    /// <summary>Ends it for one.</summary>
    public void HalfOpen(bool clientStays)
    {
        _halfOpen = true;
        Close(clientStays ? server : client, reset: false);
    }

    private async Task PumpAsync(Socket from, Socket to, bool toClient, Func<ReadOnlyMemory<byte>, Task> send)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer)) > 0)
            {
                var (bytes, cutWithReset) = await proxy.PassAsync(toClient, read);
                if (_halfOpen)
                {
                    // swallowed: the other side is not there any more
                    continue;
                }

                await send(buffer.AsMemory(0, bytes));
                if (cutWithReset is { } reset)
                {
                    Cut(reset);
                    return;
                }
            }

            if (!_halfOpen && !_isCut)
            {
                to.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            if (!_halfOpen && !_isCut)
            {
                Cut(reset: true);
            }
        }
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes)..];
        }
    }

    private static void Close(Socket socket, bool reset)
    {
        try
        {
            if (reset)
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Close();
            }
            else
            {
                // not closed while it is being read, which would reset it; that ends by this, and then it is
                socket.Shutdown(SocketShutdown.Both);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // closed already
        }
    }
}
