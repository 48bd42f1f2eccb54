using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Rooms;
using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Connections.Sockets;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Limits;
using StreamChat.Gateway.Requests;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Connections;

/// <summary>
/// One accepted WebSocket: a loop that reads and a loop that writes. Whoever ends first tells why, and the other follows:
/// <see cref="Close"/> completes the queue, the writer sends what waits and the close frame, and the reader sees the peer's
/// close or the deadline.
/// </summary>
internal sealed partial class Connection : IClientConnection, IDisposable
{
    private static readonly TimeSpan FastClose = TimeSpan.FromSeconds(1);

    private readonly WebSocket _socket;
    private readonly GatheredStream? _gathered;
    private readonly IDialect _dialect;
    private readonly IDialectSession _session;
    private readonly RequestPipeline _requests;
    private readonly Func<ServiceStatus> _status;
    private readonly LimitsOptions _limits;
    private readonly TimeProvider _time;
    private readonly GatewayTelemetry _telemetry;
    private readonly ILogger _logger;
    private readonly OutboundQueue _outbound;

    // has no timer and so needs no disposal; the deadline below may fire when the connection is long gone
    private readonly CancellationTokenSource _abort = new();
    private readonly FrameReader _reader;
    private Caller _caller;
    private CloseReason? _closeReason;
    private CancellationTokenSource? _closeDeadline;
    private CancellationTokenRegistration _abortOnDeadline;
    private int _badFrames;
    private readonly Lock _telling = new();
    private bool _spoken;
    private ServiceStatus? _told;
    private long _framesSent;

    public Connection(
        SessionStart start, Caller caller, ConnectionPlaces.Place place, IDialect dialect, WebSocket socket, GatheredStream? gathered, ActivityContext handshake,
        RequestPipeline requests, Func<ServiceStatus> status, LimitsOptions limits, UnreadBytes unread, LargeFrames large, TimeProvider time, GatewayTelemetry telemetry, ILogger logger)
    {
        Id = start.ConnectionId;
        UserId = start.UserId;
        Place = place;
        _caller = caller;
        UserName = start.Parameters.GetValueOrDefault("username");
        _dialect = dialect;
        Handshake = handshake;
        _socket = socket;
        _gathered = gathered;
        _session = dialect.NewSession(start);
        _requests = requests;
        _status = status;
        _limits = limits;
        _time = time;
        _telemetry = telemetry;
        _logger = logger;
        _outbound = new OutboundQueue(_session, dialect.Pacing, OutboundBounds.Of(limits), time, telemetry);
        OpenedAt = start.OpenedAt;
        Address = start.Address;
        var pace = limits.Frames > 0 ? new FramePace(limits.Frames, limits.FramesPerSecond, time, telemetry) : null;
        gathered?.Pace = pace;
        _reader = new FrameReader(
            socket, caller.IsAnonymous ? Math.Min(limits.Frame, limits.AnonymousFrame) : limits.Frame, unread, large, pace, time, () => Close(CloseReason.UnreadBytes));
        Liveness = new Liveness(time);
        Turns = new TurnQueue(limits.PendingRequests, _abort.Token);
    }

    public string Id { get; }

    public string UserId { get; }

    public Caller Caller => Volatile.Read(ref _caller);

    /// <summary>What it counts for.</summary>
    public ConnectionPlaces.Place Place { get; }

    /// <summary>What the client says its user is called, or null.</summary>
    public string? UserName { get; }

    /// <inheritdoc cref="IDialectSession.MemberId"/>
    public string? MemberId => _session.MemberId;

    /// <summary>What is spoken here; on a path that serves several, the path's own until the client has shown which.</summary>
    public IDialect Dialect => _session.Recognised ?? _dialect;

    public DateTimeOffset OpenedAt { get; }

    public IPAddress? Address { get; }

    /// <summary>The span of the handshake, to which the runs of this connection are tied.</summary>
    public ActivityContext Handshake { get; }

    /// <summary>The runs that this connection sees.</summary>
    public ConnectionRuns Runs { get; } = new();

    public ConnectionThreads Threads { get; } = new();

    public bool HasRoom => _outbound.HasRoom(OutboundBounds.Held);

    public bool IsDrained => _outbound.HasRoom(OutboundBounds.Drained);

    /// <summary>How many frames were sent to the client.</summary>
    public long FramesSent => Volatile.Read(ref _framesSent);

    public Liveness Liveness { get; }

    public TurnQueue Turns { get; }

    /// <summary>Serves the connection until it ends.</summary>
    /// <param name="peerGone">Fires when the client has closed the network connection.</param>
    /// <returns>Why it ended.</returns>
    public async Task<CloseReason> RunAsync(CancellationToken peerGone)
    {
        Send(new Welcome(Id, UserId, _limits.Heartbeat));
        TellFirst();
        if (_session.Opening is { } opening)
        {
            _requests.Start(this, opening, 0, _abort.Token);
        }

        using var quiet = Dialect.QuietAfter is { } after
            ? _time.CreateTimer(_ => SendIfQuiet(), null, after, Timeout.InfiniteTimeSpan)
            : null;
        var writing = WriteAsync();
        try
        {
            await ReadAsync();
        }
        catch (WebSocketException e) when (e.WebSocketErrorCode == WebSocketError.Faulted)
        {
            Close(CloseReason.ProtocolError);
            await WaitUntilGoneAsync(peerGone);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            Close(CloseReason.Lost);
        }
        catch (Exception e)
        {
            LogFailed(Id, e);
            Close(CloseReason.Failed);
        }

        await writing;

        // requests that still wait for their turn are let go of; runs that are accepted go on
        await _abort.CancelAsync();
        return _closeReason!;
    }

    public void OnOpened(Guid runId, string threadId, string? roomId, object? tag) => Send(new RunOpened(runId, threadId, roomId, tag as RunRequest));

    public void OnAccepted(Guid runId, string threadId, string? traceId) => Send(new Accepted(runId, threadId, traceId));

    public void OnText(in RunText text)
    {
        try
        {
            Added(_outbound.TryAddText(text));
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    public void OnRunEvent(Guid runId, int attempt, RunEvent runEvent) => Send(new RunOutput(runId, attempt, runEvent));

    public void OnPutOut(string threadId) => Send(new ThreadLeft(threadId));

    public bool SeesPresence => Dialect.ShowsPresence;

    public void OnPresence(RoomMembers room) => Send(new Presence(room));

    public void OnLost(Guid runId, RunRefusal refusal) => Send(new Fault(refusal.Code, refusal.Message, refusal.Retryable, runId));

    public void Dispose()
    {
        _abortOnDeadline.Dispose();
        _closeDeadline?.Dispose();
        _outbound.Dispose();
    }

    public void Send(ServerEvent serverEvent)
    {
        if (serverEvent is Fault fault)
        {
            _telemetry.Fault(fault.Code);
        }

        try
        {
            Added(_outbound.TryAdd(serverEvent));
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    /// <summary>Says how the service stands, unless that was said last. Not before the welcome, after which it is looked up.</summary>
    public void Tell(ServiceStatus status)
    {
        lock (_telling)
        {
            if (_told is not null && _told != status)
            {
                _told = status;
                Send(status);
            }
        }
    }

    public void Renew(Caller caller) => Volatile.Write(ref _caller, caller);

    public void CountBadFrame(bool isLast = false)
    {
        if (++_badFrames == _limits.BadFrames || isLast)
        {
            Close(CloseReason.BadFrames);
        }
    }

    /// <summary>Ends the connection when its client has begun a message and not completed it in time.</summary>
    public void CheckFrame()
    {
        if (_limits.FrameTimeout > TimeSpan.Zero && _reader.BegunAt is { } at && _time.GetElapsedTime(at) >= _limits.FrameTimeout && _closeReason is null)
        {
            _telemetry.LimitReached("frame_timeout");
            Close(CloseReason.FrameTimeout);
        }
    }

    /// <summary>Ends the connection. The first reason counts.</summary>
    public void Close(CloseReason reason)
    {
        if (Interlocked.CompareExchange(ref _closeReason, reason, null) is null)
        {
            if (reason == CloseReason.FrameTimeout || reason == CloseReason.UnreadBytes)
            {
                _reader.Drop();
            }

            // what the client still sends must be out of the way of its close frame by the deadline
            _gathered?.Pace = null;
            _closeDeadline = new CancellationTokenSource(reason.EndsFast && _limits.Close > FastClose ? FastClose : _limits.Close, _time);
            _abortOnDeadline = _closeDeadline.Token.Register(() => _abort.Cancel());
            _outbound.Complete();
        }
    }

    private void TellFirst()
    {
        lock (_telling)
        {
            _told = ServiceStatus.Ok;
            Tell(_status());
        }
    }

    private void Added(bool added)
    {
        if (!added)
        {
            // also comes here once it is closed for another reason; the first one counts
            Close(CloseReason.Slow);
        }
    }

    // a fault of the dialect ends this connection, and must not reach whoever has something to say to others as well
    private void Fail(Exception e)
    {
        LogFailed(Id, e);
        Close(CloseReason.Failed);
    }

    private async Task ReadAsync()
    {
        using var reader = _reader;
        while (_closeReason is null)
        {
            var kind = await reader.ReadAsync(_abort.Token);
            Liveness.FrameRead();
            switch (kind)
            {
                case FrameKind.Text:
                    Handle(Parse(reader.Frame), reader.Frame.Length);
                    break;
                case FrameKind.Binary:
                    Handle(new InvalidFrame(_session.BinaryFault), 0);
                    break;
                case FrameKind.TooLarge:
                    Close(CloseReason.TooLarge);
                    break;
                case FrameKind.Dropped:
                    Close(CloseReason.UnreadBytes);
                    break;
                case FrameKind.Close:
                    Close(CloseReason.ClientClosed);
                    return;
            }

            reader.Release();
        }

        // we close: what the peer still sends is read and dropped until it answers, else the network stack would throw away
        // our close frame with the unread bytes
        await reader.DrainAsync(_abort.Token);
    }

    /// <summary>
    /// The socket has sent its close code and reads no more. The network connection stays until the client has seen it, else the
    /// answer that it still sends would make the network stack throw our code away.
    /// </summary>
    private async Task WaitUntilGoneAsync(CancellationToken peerGone)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(peerGone, _abort.Token);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (either.Token.Register(gone.SetResult))
        {
            await gone.Task;
        }
    }

    private ClientFrame Parse(ReadOnlyMemory<byte> frame)
    {
        var before = Dialect.Name;
        var parsed = _session.Parse(frame);
        if (Dialect.Name is var now && now != before)
        {
            _telemetry.Recognised(before, now);
            Place.MoveTo(now);
        }

        return parsed;
    }

    private void Handle(ClientFrame frame, int bytes)
    {
        Volatile.Write(ref _spoken, true);
        if (frame is not InvalidFrame)
        {
            _badFrames = 0;
        }

        if (frame.IsTurn)
        {
            Liveness.TurnAsked();
        }

        Send(new Received(frame));
        _requests.Start(this, frame, bytes, _abort.Token);
    }

    private void SendIfQuiet()
    {
        if (!Volatile.Read(ref _spoken))
        {
            Send(new StillQuiet());
        }
    }

    private async Task WriteAsync()
    {
        var spare = new OutboundFrames();

        // not by the token of each send, which would set it up and take it down for every frame
        await using var abort = _abort.Token.UnsafeRegister(static socket => ((WebSocket)socket!).Abort(), _socket);
        try
        {
            while (await _outbound.TakeAsync(spare) is { } frames)
            {
                await SendAsync(frames);
                frames.Clear();
                spare = frames;
            }

            await CloseSocketAsync();
            if (_closeReason!.EndsFast)
            {
                await _abort.CancelAsync();
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            Close(CloseReason.Lost);
            _socket.Abort();
        }
        catch (Exception e)
        {
            LogFailed(Id, e);
            Close(CloseReason.Failed);
            _socket.Abort();
        }
        finally
        {
            spare.Dispose();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendAsync(OutboundFrames frames)
    {
        for (var i = 0; i < frames.Count; i++)
        {
            // the last one takes the others along
            _gathered?.Gathers = i < frames.Count - 1;

            // before it is sent: a client that has seen it finds it counted
            Interlocked.Increment(ref _framesSent);
            await _socket.SendAsync(frames[i], WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);
        }
    }

    private async Task CloseSocketAsync()
    {
        var reason = _closeReason!;
        if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            // a client's own close is answered with its code
            var status = reason == CloseReason.ClientClosed ? _socket.CloseStatus ?? reason.Status : reason.Status;
            await _socket.CloseOutputAsync(status == WebSocketCloseStatus.Empty ? WebSocketCloseStatus.NormalClosure : status, reason.Text, _abort.Token);
        }
    }

    [LoggerMessage(1001, LogLevel.Error, "Connection {ConnectionId} failed.")]
    private partial void LogFailed(string connectionId, Exception exception);
}
