namespace StreamChat.Load;

/// <summary>Opens all sockets, then starts all runs and waits for their ends.</summary>
internal static class LoadRun
{
    /// <summary>How many sockets are opened at once: a server's backlog is limited, and opening is not what is measured.</summary>
    private const int OpenAtOnce = 50;

    private const int WarmUpConnections = 20;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    /// <exception cref="System.Net.WebSockets.WebSocketException">A socket cannot be opened.</exception>
    /// <exception cref="IOException">A process to watch is not there, or the server refuses a socket.</exception>
    public static async Task<Report> ExecuteAsync(LoadOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        var connections = Enumerable.Range(0, options.Connections).Select(n => new LoadConnection(n, options, time)).ToArray();
        try
        {
            await ConnectAsync(connections, invoker, time, cancellationToken);
            await WarmUpAsync(connections, options, time, cancellationToken);

            var before = options.Pids.Select(pid => ProcessUsage.Read(pid) ?? throw new IOException($"there is no process {pid}")).ToArray();
            await RunAsync(connections, options, time, cancellationToken);

            var after = options.Pids.Select(ProcessUsage.Read).ToArray();
            using var closing = new CancellationTokenSource(CloseTimeout, time);
            await Task.WhenAll(connections.Select(c => c.CloseAsync(closing.Token)));
            var processes = options.Pids.Select((pid, i) => ProcessReport.Between(pid, before[i], after[i]));
            return Report.Of(options, connections, [.. processes], time);
        }
        finally
        {
            foreach (var connection in connections)
            {
                connection.Dispose();
            }
        }
    }

    private static async Task RunAsync(LoadConnection[] connections, LoadOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(options.Duration, time);
        using var deadline = new CancellationTokenSource(options.Duration + options.Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var waiting = connections.Skip(options.Streams).Select(c => c.WaitAsync(ended.Token)).ToArray();
        await Task.WhenAll(connections.Take(options.Streams).Select(c => c.RunAsync(over.Token, stop.Token)));
        await ended.CancelAsync();
        await Task.WhenAll(waiting);
    }

    private static async Task WarmUpAsync(LoadConnection[] connections, LoadOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (options.WarmUp > TimeSpan.Zero)
        {
            using var over = new CancellationTokenSource(options.WarmUp, time);
            using var deadline = new CancellationTokenSource(options.WarmUp + options.Timeout, time);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            await Task.WhenAll(connections.Take(Math.Min(options.Streams, WarmUpConnections)).Select(c => c.WarmUpAsync(over.Token, stop.Token)));

            // what the runs left to be done, such as compiling what was seen to be called often
            await Task.Delay(options.WarmUp / 4, time, cancellationToken);
        }
    }

    private static async Task ConnectAsync(
        IEnumerable<LoadConnection> connections, HttpMessageInvoker invoker, TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(ConnectTimeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        await Parallel.ForEachAsync(
            connections,
            new ParallelOptions { MaxDegreeOfParallelism = OpenAtOnce, CancellationToken = stop.Token },
            async (connection, token) => await connection.ConnectAsync(invoker, token));
    }
}
