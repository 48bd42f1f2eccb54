using System.Net.WebSockets;
using System.Text.Json;
using StreamChat.Load.Dialects;

namespace StreamChat.Load.Links;

/// <summary>A socket of the generator's own, in any dialect. What it loses is lost: that is to be seen.</summary>
internal sealed class SocketLink(Uri address, ILoadDialect dialect, HttpMessageInvoker invoker, TimeProvider time) : ILoadLink
{
    private readonly LoadSocket _socket = new();

    public bool IsOpen => _socket.IsOpen;

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await _socket.ConnectAsync(address, dialect.SubProtocol, invoker, cancellationToken);
        if (dialect.IsWelcomed)
        {
            await ReadWelcomeAsync(cancellationToken);
        }
    }

    public async Task<string?> FollowAsync(LoadTurn turn, string prompt, CancellationToken cancellationToken)
    {
        try
        {
            turn.SentAt = time.GetTimestamp();
            await _socket.SendAsync(json => dialect.WriteRequest(json, turn.RunId, prompt), cancellationToken);
            return await turn.FollowAsync(_socket, cancellationToken) ? null : $"closed_{(int?)_socket.CloseStatus}";
        }
        catch (OperationCanceledException)
        {
            return "timeout";
        }
        catch (WebSocketException)
        {
            return cancellationToken.IsCancellationRequested ? "timeout" : "disconnected";
        }
        catch (JsonException)
        {
            return "not_json";
        }
        catch (InvalidDataException)
        {
            return "frame_too_large";
        }
    }

    public async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _socket.ReceiveAsync(cancellationToken) >= 0)
            {
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            // it waited to the end
            return false;
        }
        catch (WebSocketException)
        {
            return !cancellationToken.IsCancellationRequested;
        }
    }

    public async ValueTask PingAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_socket.IsOpen)
            {
                await _socket.SendAsync(dialect.Ping, cancellationToken);
            }
        }
        catch (WebSocketException)
        {
            // who reads finds out why
        }
    }

    public Task CloseAsync(CancellationToken cancellationToken) => _socket.CloseAsync(cancellationToken);

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ReadWelcomeAsync(CancellationToken cancellationToken)
    {
        int length;
        do
        {
            length = await _socket.ReceiveAsync(cancellationToken);
            if (length < 0)
            {
                throw new IOException($"the server closed a socket instead of welcoming it ({_socket.CloseReason})");
            }
        }
        while (dialect.Read(_socket.Frame(length), []).Kind != FrameKind.Welcome);
    }
}
