using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;
using StreamChat.Abuse.Network;

namespace StreamChat.Abuse.Clients;

/// <summary>People who are connected and say nothing but a ping every few minutes, as an open page does.</summary>
internal sealed class IdleCrowd : IDisposable
{
    private const int AddressCrowd = 20;
    private const int OpenAtOnce = 50;

    // below Limits:Idle (10 min)
    private static readonly TimeSpan PingEvery = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan OpenDeadline = TimeSpan.FromSeconds(60);
    private static readonly byte[] PingFrame = [.. "{\"type\":\"ping\"}"u8];

    private readonly ConcurrentDictionary<string, int> _failures = new();
    private readonly ConcurrentBag<IDisposable> _open = [];
    private int _opened;
    private int _lost;

    /// <summary>What became of them so far.</summary>
    public IdleReport Report => new(_opened, _lost, new SortedDictionary<string, int>(_failures, StringComparer.Ordinal));

    /// <summary>Opens all sockets, 50 at a time, and returns when each is open or refused. They stay open until <paramref name="over"/> fires.</summary>
    /// <param name="servers">Base addresses, each with how many sockets it gets.</param>
    /// <param name="over">Ends it.</param>
    public async Task OpenAsync(IReadOnlyList<(Uri Server, int Count)> servers, CancellationToken over)
    {
        var all = servers.SelectMany(s => Enumerable.Repeat(s.Server, s.Count)).Select((server, number) => (server, number));
        await Parallel.ForEachAsync(
            all,
            new ParallelOptions { MaxDegreeOfParallelism = OpenAtOnce, CancellationToken = over },
            async (each, _) => await OpenOneAsync(each.server, each.number, over));
    }

    public void Dispose()
    {
        foreach (var each in _open)
        {
            each.Dispose();
        }
    }

    private async Task OpenOneAsync(Uri server, int number, CancellationToken over)
    {
        var invoker = new HttpMessageInvoker(LoopbackAddress.Handler(LoopbackAddress.Of(AddressCrowd, number)));
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.AddSubProtocol("streamchat.v1");
        _open.Add(invoker);
        _open.Add(socket);
        var path = string.Create(CultureInfo.InvariantCulture, $"/ws/v1?user_id=idle-{number}");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(over);
        deadline.CancelAfter(OpenDeadline);
        try
        {
            await socket.ConnectAsync(new UriBuilder(new Uri(server, path)) { Scheme = "ws" }.Uri, invoker, deadline.Token);
            Interlocked.Increment(ref _opened);
            _ = StayAsync(socket, number, over);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or SocketException && !over.IsCancellationRequested)
        {
            var reason = (int)socket.HttpStatusCode is var status and > 0 ? $"handshake {status}" : "no answer";
            _failures.AddOrUpdate(reason, 1, (_, count) => count + 1);
        }
    }

    private async Task StayAsync(ClientWebSocket socket, int number, CancellationToken over)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(over);
        var pinging = PingAsync(socket, number, ended.Token);
        try
        {
            var buffer = new byte[512];
            while (socket.State == WebSocketState.Open)
            {
                await socket.ReceiveAsync(buffer.AsMemory(), over);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // counted below
        }

        await ended.CancelAsync();
        await pinging;

        if (!over.IsCancellationRequested)
        {
            Interlocked.Increment(ref _lost);
        }
    }

    private static async Task PingAsync(ClientWebSocket socket, int number, CancellationToken over)
    {
        try
        {
            await Task.Delay(PingEvery * (number % 1000) / 1000, over);
            while (socket.State == WebSocketState.Open)
            {
                await socket.SendAsync(PingFrame, WebSocketMessageType.Text, endOfMessage: true, over);
                await Task.Delay(PingEvery, over);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // the reader counts the loss
        }
    }
}

/// <summary>What became of the idle crowd.</summary>
/// <param name="Opened">Sockets that were opened.</param>
/// <param name="Lost">Those of them that the server closed or cut.</param>
/// <param name="Refused">Those that were not opened, by reason.</param>
internal sealed record IdleReport(int Opened, int Lost, IReadOnlyDictionary<string, int> Refused)
{
    public string ToJson() => JsonSerializer.Serialize(this);
}
