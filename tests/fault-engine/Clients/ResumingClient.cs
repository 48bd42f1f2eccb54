using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using StreamChat.FaultEngine.Checks;
using StreamChat.FaultEngine.Network;
using StreamChat.FaultEngine.Schedules;

namespace StreamChat.FaultEngine.Clients;

/// <summary>
/// A client as the protocol's page asks for one, straight on the socket: comes back with growing pauses when its connection ends,
/// asks again with the same id until the request is accepted, attaches at its position from then on, drops what a new attempt
/// replaces, and gives up a connection that says nothing.
/// </summary>
public sealed class ResumingClient : IAsyncDisposable
{
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SilenceIsDeath = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ConnectDeadline = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan SendDeadline = TimeSpan.FromSeconds(3);

    // five seconds are promised; the rest is for a machine that has other things to do
    private static readonly TimeSpan RefusalDeadline = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly PlannedClient _plan;
    private readonly Dictionary<Guid, PlannedRun> _runs;
    private readonly Stopwatch _clock;
    private readonly Random _random;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Dictionary<Guid, RunView> _views = [];
    private readonly HashSet<string> _threads = [];
    private readonly HashSet<Guid> _toCancel = [];
    private readonly Task _running;
    private ClientWebSocket? _socket;
    private TimeSpan _heard;
    private int _pong;
    private int _settled;

    /// <summary>Connects, and stays so until it is disposed.</summary>
    /// <param name="plan">What it is to do; each use begins with <see cref="Begin"/>.</param>
    /// <param name="runs">All runs that there will be.</param>
    /// <param name="link">Its way in.</param>
    /// <param name="clock">Runs since the start of the schedule.</param>
    /// <param name="seed">For the jitter of its pauses.</param>
    public ResumingClient(PlannedClient plan, IEnumerable<PlannedRun> runs, FaultProxy link, Stopwatch clock, int seed)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(link);
        _plan = plan;
        _runs = runs.ToDictionary(r => r.RunId);
        _clock = clock;
        _random = new Random(seed);
        Frames = new FrameLog(clock);
        var address = new Uri($"ws://127.0.0.1:{link.Port}/ws/v1?user_id={Uri.EscapeDataString(plan.UserId)}");
        _running = RunAsync(address);
    }

    /// <summary>What it sent and received.</summary>
    public FrameLog Frames { get; }

    /// <summary>How often it connected.</summary>
    public int Connections { get; private set; }

    /// <summary>What it sees of each run.</summary>
    public IReadOnlyList<RunView> Views
    {
        get
        {
            lock (_lock)
            {
                return [.. _views.Values];
            }
        }
    }

    /// <summary>Begins to do something about a run.</summary>
    public void Begin(PlannedRun run, Role role)
    {
        ArgumentNullException.ThrowIfNull(run);
        RunView view;
        lock (_lock)
        {
            view = GetOrAdd(run);
            if (view.End is not null)
            {
                // a client that has all of it asks for nothing
                return;
            }

            view.AsksTwice |= role is not Role.Join && (view.Asks || _threads.Contains(run.ThreadId));
            view.Asks |= role is Role.Ask or Role.AskAfterEnd;
            view.Joins |= role is Role.Join;
            view.IsLive |= role is not Role.AskAfterEnd and not Role.AttachAfterEnd;
            if (role is Role.Join)
            {
                _threads.Add(run.ThreadId);
                foreach (var shown in _views.Values.Where(v => v.Run.ThreadId == run.ThreadId))
                {
                    shown.AsksTwice = true;
                }
            }
        }

        _ = TrySendAsync(role switch
        {
            Role.Join => Join(run.ThreadId),
            Role.Ask or Role.AskAfterEnd => Ask(view),
            _ => Attach(view),
        });
    }

    /// <summary>Attaches to a run of a joined thread that is known to go on and was not announced to this client.</summary>
    public void AttachTo(PlannedRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (Find(run.RunId) is { FirstAt: null } view)
        {
            _ = TrySendAsync(Attach(view));
        }
    }

    /// <summary>Cancels a run, and does so again on each new connection until the end has been seen.</summary>
    public void Cancel(PlannedRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        lock (_lock)
        {
            _toCancel.Add(run.RunId);
        }

        _ = TrySendAsync(Cancel(run.RunId));
    }

    /// <summary>Sends a ping and waits for its answer, on whatever connection there is by then: all that was sent before has come.</summary>
    /// <exception cref="TimeoutException">It did not come.</exception>
    public async Task SettleAsync(TimeSpan deadline)
    {
        var id = Interlocked.Increment(ref _pong);
        using var timeout = new CancellationTokenSource(deadline);
        while (Volatile.Read(ref _settled) < id)
        {
            await TrySendAsync(new { type = "ping", id = $"settle-{id}" });
            try
            {
                await Task.Delay(100, timeout.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Client {_plan.Index} has no connection that answers.");
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket?.Abort();
        await _running;
        _stop.Dispose();
        _sending.Dispose();
    }

    private async Task RunAsync(Uri address)
    {
        var pause = FirstPause;
        while (!_stop.IsCancellationRequested)
        {
            using var socket = new ClientWebSocket();
            socket.Options.AddSubProtocol("streamchat.v1");
            socket.Options.KeepAliveInterval = TimeSpan.Zero;
            try
            {
                using (var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token))
                {
                    deadline.CancelAfter(ConnectDeadline);
                    await socket.ConnectAsync(address, deadline.Token);
                }

                Connections++;
                _heard = _clock.Elapsed;
                await ReadAsync(socket, () => pause = FirstPause);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
            {
                Frames.Add($"-- {e.GetType().Name}: {e.Message}");
            }

            _socket = null;
            lock (_lock)
            {
                foreach (var view in _views.Values)
                {
                    view.AskedAt = null;
                }
            }

            try
            {
                await Task.Delay(pause * (0.5 + (_random.NextDouble() / 2)), _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task ReadAsync(ClientWebSocket socket, Action connected)
    {
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var watch = WatchAsync(socket, watching.Token);
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult received;
                do
                {
                    if (length == buffer.Length)
                    {
                        Array.Resize(ref buffer, length * 2);
                    }

                    received = await socket.ReceiveAsync(buffer.AsMemory(length), _stop.Token);
                    length += received.Count;
                }
                while (!received.EndOfMessage);

                if (received.MessageType == WebSocketMessageType.Close)
                {
                    Frames.Add($"-- closed with {socket.CloseStatus} {socket.CloseStatusDescription}");
                    return;
                }

                _heard = _clock.Elapsed;
                Frames.Add($"< {Encoding.UTF8.GetString(buffer, 0, length)}");
                Take(JsonElement.Parse(buffer.AsSpan(0, length)), socket, connected);
            }
        }
        finally
        {
            await watching.CancelAsync();
            await watch;
        }
    }

    private void Take(JsonElement frame, ClientWebSocket socket, Action connected)
    {
        var type = frame.GetProperty("type").GetString()!;
        switch (type)
        {
            case "welcome":
                connected();
                _socket = socket;
                _ = RestoreAsync();
                return;
            case "pong":
                if (frame.TryGetProperty("id", out var id) && id.GetString() is { } text && text.StartsWith("settle-", StringComparison.Ordinal))
                {
                    Volatile.Write(ref _settled, Math.Max(_settled, int.Parse(text.AsSpan(7), provider: null)));
                }

                return;
            case "joined" or "left" or "reconnect" or "accepted" or "error":
                TakeOwn(type, frame);
                return;
        }

        // what is not known and is no run's is for others: a status, for example
        if (frame.TryGetProperty("runId", out var runId) && frame.TryGetProperty("seq", out _) && Seen(runId.GetGuid()) is { } view)
        {
            lock (_lock)
            {
                view.AskedAt = null;
                view.Add(type, frame, _clock.Elapsed);
            }
        }
    }

    /// <summary>A frame of the connection's own, not an event of a run.</summary>
    private void TakeOwn(string type, JsonElement frame)
    {
        if (type == "left" || (type == "error" && !frame.TryGetProperty("runId", out _)))
        {
            // the room was forgotten, or could not be joined yet
            _ = AgainAsync(() => [.. Threads().Select(Join)]);
            return;
        }

        if (!frame.TryGetProperty("runId", out var runId) || Find(runId.GetGuid()) is not { } view)
        {
            return;
        }

        if (type == "accepted")
        {
            lock (_lock)
            {
                view.AskedAt = null;
                view.Accept();
            }

            return;
        }

        var code = frame.GetProperty("code").GetString()!;
        lock (_lock)
        {
            view.Refusals++;
            if (view.AskedAt is { } askedAt && _clock.Elapsed - askedAt is var took && took > RefusalDeadline)
            {
                view.Violate(ViolationKind.Protocol, $"refused as {code} after {took.TotalSeconds:0.0} s");
            }

            view.AskedAt = null;
            if (!frame.GetProperty("retryable").GetBoolean() && code != "not_found")
            {
                view.Violate(ViolationKind.Protocol, $"refused for good as {code}");
                return;
            }
        }

        _ = AgainAsync(() => view.End is null ? [Want(view, askAgain: code == "not_found")] : []);
    }

    /// <summary>After a new connection, everything that is not over is wanted again.</summary>
    private async Task RestoreAsync()
    {
        foreach (var thread in Threads())
        {
            await TrySendAsync(Join(thread));
        }

        foreach (var view in Views.Where(v => v.End is null && (!v.Joins || v.Asks || v.FirstAt is not null)))
        {
            await TrySendAsync(Want(view, askAgain: false));
        }

        Guid[] cancelled;
        lock (_lock)
        {
            cancelled = [.. _toCancel];
        }

        foreach (var runId in cancelled.Where(id => Find(id) is not { End: not null }))
        {
            await TrySendAsync(Cancel(runId));
        }
    }

    /// <summary>Says something again after a pause, if there is a connection then; a new one says all again by itself.</summary>
    private async Task AgainAsync(Func<object[]> frames)
    {
        try
        {
            await Task.Delay(200 + _random.Next(300), _stop.Token);
            foreach (var frame in frames())
            {
                await TrySendAsync(frame);
            }
        }
        catch (OperationCanceledException)
        {
            // over
        }
    }

    private object Want(RunView view, bool askAgain) =>
        view.Asks && view.LastSeq == 0 && (!view.Accepted || askAgain) ? Ask(view) : Attach(view);

    private object Ask(RunView view)
    {
        lock (_lock)
        {
            view.AskedAt ??= _clock.Elapsed;
        }

        return new { type = "run", runId = view.Run.RunId, threadId = view.Run.ThreadId, messages = new[] { new { role = "user", content = view.Run.Prompt } } };
    }

    private object Attach(RunView view)
    {
        lock (_lock)
        {
            return new { type = "attach", runId = view.Run.RunId, attempt = Math.Max(view.Attempt, 1), afterSeq = view.LastSeq };
        }
    }

    private static object Join(string threadId) => new { type = "join", threadId };

    private static object Cancel(Guid runId) => new { type = "cancel", runId };

    private async Task TrySendAsync(object frame)
    {
        if (_socket is not { State: WebSocketState.Open } socket)
        {
            return;
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(frame);
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            deadline.CancelAfter(SendDeadline);
            await _sending.WaitAsync(deadline.Token);
            try
            {
                Frames.Add($"> {Encoding.UTF8.GetString(bytes)}");
                await socket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, deadline.Token);
            }
            finally
            {
                _sending.Release();
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // the connection is gone: the next one restores
            Frames.Add($"-- not sent: {e.GetType().Name}");
            socket.Abort();
        }
    }

    /// <summary>Pings, and gives the connection up when nothing at all comes.</summary>
    private async Task WatchAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(PingInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (_clock.Elapsed - _heard > SilenceIsDeath)
                {
                    Frames.Add("-- nothing heard: given up");
                    socket.Abort();
                    return;
                }

                await TrySendAsync(new { type = "ping" });
            }
        }
        catch (OperationCanceledException)
        {
            // the connection has ended
        }
    }

    private RunView? Find(Guid runId)
    {
        lock (_lock)
        {
            return _views.GetValueOrDefault(runId);
        }
    }

    /// <summary>The view that an event belongs to: of a joined thread all runs are seen, also those that were not asked for.</summary>
    private RunView? Seen(Guid runId)
    {
        lock (_lock)
        {
            if (_views.GetValueOrDefault(runId) is { } known)
            {
                return known;
            }

            if (!_runs.TryGetValue(runId, out var run) || !_threads.Contains(run.ThreadId))
            {
                return null;
            }

            var view = GetOrAdd(run);
            view.Joins = view.IsLive = true;
            return view;
        }
    }

    private RunView GetOrAdd(PlannedRun run)
    {
        if (!_views.TryGetValue(run.RunId, out var view))
        {
            view = new RunView(_plan, run);
            _views.Add(run.RunId, view);
        }

        return view;
    }

    private string[] Threads()
    {
        lock (_lock)
        {
            return [.. _threads];
        }
    }
}
