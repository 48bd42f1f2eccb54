using System.Net.WebSockets;
using System.Threading.Channels;

namespace StreamChat.Client.Connections;

/// <summary>The life of one socket: what waits to be sent on it, and how it is let go of.</summary>
internal sealed class Round(IClientSocket socket) : IDisposable
{
    /// <summary>More frames than this on their way mean that nothing moves: everything is said again on the next socket.</summary>
    private const int MostFramesWaiting = 4096;

    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(2);

    private readonly Channel<byte[]> _outgoing =
        Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MostFramesWaiting) { SingleReader = true });

    private readonly CancellationTokenSource _stop = new();
    private Task _writing = Task.CompletedTask;
    private Task _goodbye = Task.CompletedTask;
    private volatile bool _isOver;

    /// <summary>Asked for when the socket is let go of.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Whether it was let go of.</summary>
    public bool IsOver => _isOver;

    /// <summary>How the server closed, once it has.</summary>
    public int? CloseCode => socket.CloseCode;

    /// <summary>Opens the socket, and sends from then on what is to be sent.</summary>
    public async Task ConnectAsync(Uri address, string? token)
    {
        await socket.ConnectAsync(address, token, Stopping);
        _writing = WriteAsync();
    }

    /// <summary>The next frame, good until the next call; null when the server has closed.</summary>
    public ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync() => socket.ReceiveAsync(Stopping);

    /// <summary>Sends a frame when those before it are gone.</summary>
    /// <returns>Whether there was room for it.</returns>
    public bool TrySend(byte[] frame) => _outgoing.Writer.TryWrite(frame);

    /// <summary>Lets go of the socket; whoever waits for it goes on elsewhere, not under the lock.</summary>
    public void Stop()
    {
        _isOver = true;
        _outgoing.Writer.TryComplete();
        _ = _stop.CancelAsync();
    }

    /// <summary>Sends what is still to be sent, and says goodbye. A socket that was told to stop cannot any more.</summary>
    public void StopWithGoodbye(TimeProvider time)
    {
        _isOver = true;
        _outgoing.Writer.TryComplete();
        _goodbye = SayGoodbyeAsync(time);
    }

    /// <summary>Frees the socket, when nothing happens on it any more. For whoever reads it.</summary>
    public async Task EndAsync()
    {
        await _goodbye;
        Stop();
        await _writing;
        Dispose();
    }

    public void Dispose()
    {
        socket.Dispose();
        _stop.Dispose();
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var frame in _outgoing.Reader.ReadAllAsync(Stopping))
            {
                await socket.SendAsync(frame, Stopping);
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // who reads finds out why
        }
    }

    private async Task SayGoodbyeAsync(TimeProvider time)
    {
        using var deadline = new CancellationTokenSource(GoodbyeTimeout, time);
        try
        {
            await _writing.WaitAsync(deadline.Token);
            await socket.CloseAsync(deadline.Token);
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // it was a courtesy
        }

        await _stop.CancelAsync();
    }
}
