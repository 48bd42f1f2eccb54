using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace StreamChat.TestSupport.Sockets;

/// <summary>Stands between clients and a server on loopback and passes bytes on, until it is told to let the line go dead.</summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _lines = new();
    private readonly Task _accepting;
    private readonly Lock _lock = new();
    private CancellationTokenSource _cut = new();
    private volatile TaskCompletionSource? _stalled;

    /// <summary>Listens at once.</summary>
    /// <param name="target">The server's port.</param>
    public TcpRelay(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>From now on nothing is passed on, in either direction, and nothing is closed: as when a cable is pulled.</summary>
    public void Stall() => _stalled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Passes on again, also what has waited.</summary>
    public void Continue()
    {
        var stalled = _stalled;
        _stalled = null;
        stalled?.SetResult();
    }

    /// <summary>Ends all connections that there are; new ones are passed on.</summary>
    public void Cut()
    {
        CancellationTokenSource cut;
        lock (_lock)
        {
            cut = _cut;
            _cut = new CancellationTokenSource();
        }

        cut.Cancel();
        cut.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Continue();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_lines.Keys);
        _listener.Dispose();
        _cut.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                var line = PassAsync(client);
                _lines.TryAdd(line, true);
                _ = line.ContinueWith(done => _lines.TryRemove(done, out _), TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the end
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                // a new connection through a dead line is not taken either
                await WaitAsync();
                await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                await await Task.WhenAny(CopyAsync(client, server), CopyAsync(server, client), CutAsync());
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // one side is gone, and with it the line
            }
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[16 * 1024];
        while (await from.GetStream().ReadAsync(buffer, _stop.Token) is var read and > 0)
        {
            await WaitAsync();
            await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }

    private async Task CutAsync()
    {
        Task cut;
        lock (_lock)
        {
            cut = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _cut.Token);
        }

        await cut;
    }

    private Task WaitAsync() => _stalled is { } stalled ? stalled.Task.WaitAsync(_stop.Token) : Task.CompletedTask;
}
