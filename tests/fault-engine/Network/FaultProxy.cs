using System.Net;
using System.Net.Sockets;
using StreamChat.FaultEngine.Schedules;

namespace StreamChat.FaultEngine.Network;

/// <summary>A way through TCP that can be made bad: cut at any byte, slow, stalled, gone for one side only.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<ProxiedConnection> _connections = [];
    private readonly int _target;
    private readonly int? _otherwise;
    private readonly Task _accepting;
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _stall;
    private PendingCut? _cut;

    /// <summary>Opens it.</summary>
    /// <param name="target">The loopback port that it leads to; nobody needs to listen there yet.</param>
    /// <param name="disorder">What is done to deliveries of the broker; null where it does not lead to one.</param>
    /// <param name="otherwise">The port that it leads to when nobody listens on the first; null for none.</param>
    public FaultProxy(int target, DeliveryDisorder? disorder = null, int? otherwise = null)
    {
        _target = target;
        _otherwise = otherwise;
        Disorder = disorder;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>What is done to deliveries of the broker.</summary>
    public DeliveryDisorder? Disorder { get; }

    /// <summary>How much later everything comes.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Cuts the connection that carries the byte after so many more in one direction.</summary>
    public void CutAfter(int bytes, FaultForm form)
    {
        lock (_lock)
        {
            _cut = new PendingCut(bytes, form is FaultForm.FinToClient or FaultForm.ResetToClient, form is FaultForm.ResetToClient or FaultForm.ResetToServer);
        }
    }

    /// <summary>Cuts all connections now.</summary>
    public void CutAll(bool reset)
    {
        foreach (var connection in Connections())
        {
            connection.Cut(reset);
        }
    }

    /// <summary>Has one side of every connection not learn that the other is gone.</summary>
    /// <param name="clientStays">Whether it is the client that is left with it.</param>
    public void HalfOpen(bool clientStays)
    {
        foreach (var connection in Connections())
        {
            connection.HalfOpen(clientStays);
        }
    }

    /// <summary>Lets nothing through until <see cref="Heal"/>.</summary>
    public void Stall()
    {
        lock (_lock)
        {
            _stall ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>When something has been held up by <see cref="Stall"/>.</summary>
    public Task StalledAsync() => _stalled.Task;

    /// <summary>All goes through again, without delay. What was cut stays cut.</summary>
    public void Heal()
    {
        Latency = TimeSpan.Zero;
        Disorder?.Stop();
        lock (_lock)
        {
            _cut = null;
            _stall?.TrySetResult();
            _stall = null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Heal();
        await _accepting;
        foreach (var connection in Connections())
        {
            connection.Cut(reset: true);
            await connection.Ended;
        }

        _stop.Dispose();
    }

    /// <summary>Waits until something may go through, and says how much of it may.</summary>
    /// <returns>How many of the bytes may pass, and whether and how the connection is cut then.</returns>
    internal async ValueTask<(int Bytes, bool? CutWithReset)> PassAsync(bool toClient, int bytes)
    {
        if (Latency is { Ticks: > 0 } latency)
        {
            await Task.Delay(latency, _stop.Token);
        }

        Task? stall;
        lock (_lock)
        {
            stall = _stall?.Task;
        }

        if (stall is not null)
        {
            _stalled.TrySetResult();
            await stall.WaitAsync(_stop.Token);
        }

        lock (_lock)
        {
            if (_cut is not { } cut || cut.ToClient != toClient)
            {
                return (bytes, null);
            }

            if (bytes <= cut.Bytes)
            {
                _cut = cut with { Bytes = cut.Bytes - bytes };
                return (bytes, null);
            }

            _cut = null;
            return (cut.Bytes, cut.Reset);
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptSocketAsync(_stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        client.NoDelay = true;
        if ((await ConnectAsync(_target) ?? (_otherwise is { } port ? await ConnectAsync(port) : null)) is not { } server)
        {
            // nobody is there: as if this port were not open either
            client.LingerState = new LingerOption(true, 0);
            client.Dispose();
            return;
        }

        var connection = new ProxiedConnection(this, client, server);
        lock (_lock)
        {
            _connections.Add(connection);
        }

        await connection.RunAsync();
        lock (_lock)
        {
            _connections.Remove(connection);
        }
    }

    private async Task<Socket?> ConnectAsync(int port)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), _stop.Token);
            return server;
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            server.Dispose();
            return null;
        }
    }

    private List<ProxiedConnection> Connections()
    {
        lock (_lock)
        {
            return [.. _connections];
        }
    }

    private sealed record PendingCut(int Bytes, bool ToClient, bool Reset);
}
