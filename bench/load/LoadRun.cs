using System.Globalization;
using StreamChat.Load.Links;

namespace StreamChat.Load;

/// <summary>Opens all sockets, then starts all runs and waits for their ends.</summary>
internal sealed class LoadRun : IAsyncDisposable
{
    /// <summary>How many sockets are opened at once: a server's backlog is limited, and opening is not what is measured.</summary>
    private const int OpenAtOnce = 50;

    private const int WarmUpConnections = 20;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ConnectTimeoutEach = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly LoadOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler());
    private readonly HttpMessageInvoker _slowInvoker;
    private readonly LoadConnection[] _connections;
    private readonly SlowReader[] _slow;

    private LoadRun(LoadOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _slowInvoker = new(options.SlowRate > 0 ? SlowReader.Handler() : new SocketsHttpHandler());
        _connections = [.. Enumerable.Range(0, options.Connections).Select(n => new LoadConnection(n, Link(n), options, time))];
        _slow = [.. Enumerable.Range(0, options.Slow).Select(n => new SlowReader(n, options, time))];
    }

    /// <exception cref="System.Net.WebSockets.WebSocketException">A socket cannot be opened.</exception>
    /// <exception cref="IOException">A process to watch is not there, or the server refuses a socket.</exception>
    public static async Task<Report> ExecuteAsync(LoadOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var run = new LoadRun(options, time);
        return await run.ExecuteAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }

        foreach (IDisposable each in (IEnumerable<IDisposable>)[.. _slow, _invoker, _slowInvoker])
        {
            each.Dispose();
        }
    }

    private ILoadLink Link(int number)
    {
        var address = _options.AddressOf(string.Create(CultureInfo.InvariantCulture, $"load-{number}"));
        return _options.UsesClient ? new ClientLink(address, _invoker, _time) : new SocketLink(address, _options.Dialect, _invoker, _time);
    }

    private async Task<Report> ExecuteAsync(CancellationToken cancellationToken)
    {
        var start = ReadUsage();
        await ConnectAsync(cancellationToken);
        await WarmUpAsync(cancellationToken);

        // what thousands of handshakes leave behind is not to be collected in the middle of what is measured
        GC.Collect();
        var connected = ReadUsage();
        await RunAsync(cancellationToken);
        var end = _options.Pids.Select(ProcessUsage.Read).ToArray();
        using var closing = new CancellationTokenSource(CloseTimeout, _time);
        await Task.WhenAll(_connections.Select(c => c.CloseAsync(closing.Token)));
        var processes = _options.Pids.Select((pid, i) => ProcessReport.Of(pid, start[i], connected[i], end[i]));
        return Report.Of(_options, _connections, _slow, [.. processes], _time);
    }

    private ProcessUsage[] ReadUsage() =>
        [.. _options.Pids.Select(pid => ProcessUsage.Read(pid) ?? throw new IOException($"there is no process {pid}"))];

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(_options.Duration, _time);
        using var deadline = new CancellationTokenSource(_options.Duration + _options.Timeout, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var waiting = _connections[_options.Streams..];
        Task[] beside =
        [
            .. waiting.Select(c => c.WaitAsync(ended.Token)),
            .. _slow.Select(s => s.RunAsync(_invoker, ended.Token, stop.Token)),
            _options.Dialect.Ping.IsEmpty ? Task.CompletedTask : IdlePings.SendAsync(waiting, _options.Ping, _time, ended.Token),
        ];
        await Task.WhenAll(_connections.Take(_options.Streams).Select(c => c.RunAsync(over.Token, stop.Token)));
        await ended.CancelAsync();
        await Task.WhenAll(beside);
    }

    private async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        if (_options.WarmUp > TimeSpan.Zero)
        {
            using var over = new CancellationTokenSource(_options.WarmUp, _time);
            using var deadline = new CancellationTokenSource(_options.WarmUp + _options.Timeout, _time);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            await Task.WhenAll(_connections.Take(Math.Min(_options.Streams, WarmUpConnections)).Select(c => c.WarmUpAsync(over.Token, stop.Token)));

            // what the runs left to be done, such as compiling what was seen to be called often
            await Task.Delay(_options.WarmUp / 4, _time, cancellationToken);
        }
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(ConnectTimeout + (ConnectTimeoutEach * _connections.Length), _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        await Parallel.ForEachAsync(
            _connections,
            new ParallelOptions { MaxDegreeOfParallelism = OpenAtOnce, CancellationToken = stop.Token },
            async (connection, token) => await connection.ConnectAsync(token));
        await Task.WhenAll(_slow.Select(s => s.ConnectAsync(_slowInvoker, stop.Token)));
    }
}
