using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using StreamChat.Client.Frames;

namespace StreamChat.Client.Connections;

/// <summary>
/// One WebSocket that is kept alive: it comes back after a loss with growing random pauses, unless the server has said that it need not.
/// What was under way is no matter of it. All but what is asynchronous is called under the lock, and so is its owner.
/// </summary>
internal sealed class Connection : IDisposable
{
    private const int PolicyViolation = 1008;
    private const int TryLater = 1013;
    private const int TokenExpired = 4001;
    private const int TokenRevoked = 4003;
    private const int Unauthorized = 401;
    private const int Forbidden = 403;
    private const int MostTokensRefused = 3;

    /// <summary>More frames than this on their way mean that nothing moves: everything is said again on the next socket.</summary>
    private const int MostFramesWaiting = 4096;

    private static readonly TimeSpan DefaultHeartbeat = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SteadyAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ShortestRenewal = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRenewal = TimeSpan.FromDays(20);
    private static readonly TimeSpan RenewalMargin = TimeSpan.FromMinutes(1);

    private readonly Uri _address;
    private readonly IConnectionOwner _owner;
    private readonly StreamChatClientOptions _options;
    private readonly Func<IClientSocket> _sockets;
    private readonly Lock _gate;
    private readonly TimeProvider _time;
    private readonly Liveness _liveness;
    private readonly ITimer _retryTimer;
    private readonly ITimer _welcomeTimer;
    private readonly ITimer _renewTimer;
    private Round? _round;
    private Task _last = Task.CompletedTask;
    private int _failures;
    private int _refusedTokens;
    private long? _openedAt;
    private long? _lostAt;
    private TimeSpan? _comeBackAfter;
    private TimeSpan _heartbeat = DefaultHeartbeat;
    private Func<CancellationToken, ValueTask<AccessToken>>? _token;

    public Connection(Uri address, IConnectionOwner owner, StreamChatClientOptions options, Func<IClientSocket> sockets, Lock gate)
    {
        (_address, _owner, _options, _sockets, _gate, _time) = (address, owner, options, sockets, gate, options.TimeProvider);
        _token = options.Token;
        _liveness = new(
            _time,
            Locked,
            options.PongTimeout,
            () => owner.IsBusy && options.QuietTime < _heartbeat ? options.QuietTime : _heartbeat,
            () => Send(new PingFrame("ping"), FrameJson.Default.PingFrame),
            () => Abandon("silent"));
        _retryTimer = Timer(Open);
        _welcomeTimer = Timer(() => Abandon("silent"));
        _renewTimer = Timer(() => _ = RenewAsync());
    }

    public ConnectionState State { get; private set; }

    /// <summary>Done when the last socket is.</summary>
    public Task LastSocket => _last;

    /// <summary>Opens the connection now, also in the midst of waiting. Does nothing if there is one.</summary>
    public void Open()
    {
        if (State is ConnectionState.Connecting or ConnectionState.Open)
        {
            return;
        }

        Stop(_retryTimer);
        _comeBackAfter = null;
        _lostAt ??= _time.GetTimestamp();
        _round = new Round(_sockets());
        Change(new(ConnectionState.Connecting));
        Start(_welcomeTimer, _options.WelcomeTimeout);
        _last = ServeAsync(_round);
    }

    /// <summary>Something has happened that connections die of: looks whether this one has, and waits no longer if it has.</summary>
    public void Wake()
    {
        if (State == ConnectionState.Waiting)
        {
            Open();
        }
        else if (State == ConnectionState.Open)
        {
            _liveness.Check();
        }
    }

    /// <summary>What is under way has changed.</summary>
    public void Refresh() => _liveness.Refresh();

    /// <summary>Sends, if there is a connection; if not, whatever is under way is said again when there is.</summary>
    public void Send<T>(T frame, JsonTypeInfo<T> type)
    {
        if (State == ConnectionState.Open && !_round!.Outgoing.Writer.TryWrite(JsonSerializer.SerializeToUtf8Bytes(frame, type)))
        {
            Abandon("silent");
        }
    }

    /// <summary>Says who this is anew, on the socket that is there and on those that come.</summary>
    public void Authenticate(AccessToken token)
    {
        if (_options.Token is null)
        {
            _token = _ => ValueTask.FromResult(token);
        }

        Send(new AuthFrame("auth", token.Value), FrameJson.Default.AuthFrame);
    }

    /// <summary>Renews the token in time.</summary>
    public void RenewBefore(DateTimeOffset? expiresAt)
    {
        Stop(_renewTimer);
        if (_options.Token is not null && expiresAt is { } at)
        {
            var left = at - _time.GetUtcNow();
            var wait = left - (left / 4 < RenewalMargin ? left / 4 : RenewalMargin);
            Start(_renewTimer, wait < ShortestRenewal ? ShortestRenewal : wait > LongestRenewal ? LongestRenewal : wait);
        }
    }

    /// <summary>The server asks to come back after it has closed.</summary>
    public void ComeBackAfter(TimeSpan time) => _comeBackAfter = time > TimeSpan.Zero ? time : TimeSpan.Zero;

    /// <summary>Gives up on a socket: its closing handshake might take minutes.</summary>
    public void Abandon(string reason)
    {
        if (State is ConnectionState.Connecting or ConnectionState.Open)
        {
            Release();
            _owner.Lost(null);
            Retry(reason, _options.FirstDelay);
        }
    }

    /// <summary>Closes for good.</summary>
    public void Close()
    {
        Release(goodbye: true);
        Stop(_retryTimer);
        Change(new(ConnectionState.Closed));
    }

    public void Dispose()
    {
        _liveness.Dispose();
        _retryTimer.Dispose();
        _welcomeTimer.Dispose();
        _renewTimer.Dispose();
    }

    private async Task ServeAsync(Round round)
    {
        // not under the lock of whoever asked for the connection
        await Task.Yield();
        Loss loss;
        try
        {
            loss = await ConnectAndReadAsync(round);
        }
        catch (Exception) when (round.IsOver)
        {
            loss = new("lost");
        }
        catch (HandshakeException e)
        {
            loss = new("lost") { Status = e.Status, RetryAfter = e.RetryAfter };
        }
        catch (Exception e) when (e is WebSocketException or IOException or InvalidDataException or HttpRequestException or OperationCanceledException)
        {
            loss = new("lost") { Code = round.Socket.CloseCode };
        }

        Locked(() =>
        {
            if (round == _round)
            {
                Judge(loss);
            }
        });
        await round.EndAsync();
    }

    private async Task<Loss> ConnectAndReadAsync(Round round)
    {
        AccessToken? token = null;
        if (_token is not null)
        {
            try
            {
                token = await _token(round.Stopping);
            }
            catch (Exception) when (!round.IsOver)
            {
                // whoever gets tokens may be away as well
                return new("token");
            }
        }

        await round.Socket.ConnectAsync(_address, token?.Value, round.Stopping);
        round.Writing = WriteAsync(round);
        while (await round.Socket.ReceiveAsync(round.Stopping) is { } utf8)
        {
            var frame = FrameReader.Read(utf8.Span);
            Locked(() => Take(round, frame, token?.ExpiresAt));
            if (round.IsOver)
            {
                return new("lost");
            }
        }

        return new("lost") { Code = round.Socket.CloseCode };
    }

    private static async Task WriteAsync(Round round)
    {
        try
        {
            await foreach (var frame in round.Outgoing.Reader.ReadAllAsync(round.Stopping))
            {
                await round.Socket.SendAsync(frame, round.Stopping);
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // who reads finds out why
        }
    }

    private void Take(Round round, object? frame, DateTimeOffset? expiresAt)
    {
        if (round != _round)
        {
            return;
        }

        _liveness.Heard();
        if (frame is WelcomeFrame welcome)
        {
            if (State == ConnectionState.Connecting)
            {
                Welcome(welcome, expiresAt);
            }
        }
        else if (frame is not null)
        {
            _owner.Received(frame);
        }
    }

    private void Welcome(WelcomeFrame frame, DateTimeOffset? expiresAt)
    {
        Stop(_welcomeTimer);
        _heartbeat = frame.HeartbeatSeconds is > 0 and < 86_400 ? TimeSpan.FromSeconds(frame.HeartbeatSeconds.Value) : DefaultHeartbeat;
        _openedAt = _time.GetTimestamp();
        _lostAt = null;

        // Not to zero before it has lasted: a server that welcomes and falls over at once is to be spared the quickest of tries.
        _failures = Math.Min(_failures, 1);
        RenewBefore(expiresAt);
        State = ConnectionState.Open;
        _liveness.Start();
        _owner.Welcomed(frame);
        _owner.Changed(new(ConnectionState.Open));
    }

    private void Judge(Loss loss)
    {
        Release();
        _owner.Lost(loss.Code);
        switch (loss.Code ?? loss.Status)
        {
            case PolicyViolation:
                End("policy", "The server closed this connection for good.");
                break;
            case TokenRevoked:
                End("revoked", "The access token was revoked.");
                break;
            case Forbidden:
                End("forbidden", "The server does not let this user in.");
                break;
            case TokenExpired or Unauthorized:
                TokenRefused();
                break;
            case (int)WebSocketCloseStatus.NormalClosure when _comeBackAfter is null && !_owner.IsNeeded:
                Change(new(ConnectionState.Closed, "idle"));
                break;
            case TryLater:
                Retry(loss.Reason, _options.BusyDelay);
                break;
            default:
                _comeBackAfter ??= loss.RetryAfter;
                Retry(loss.Reason, _options.FirstDelay);
                break;
        }
    }

    private void TokenRefused()
    {
        _refusedTokens = WasSteady() ? 1 : _refusedTokens + 1;
        if (_options.Token is null || _refusedTokens > MostTokensRefused)
        {
            End("unauthorized", "The access token is not accepted, or no more.");
        }
        else
        {
            Retry("token", _options.FirstDelay);
        }
    }

    private void Retry(string reason, TimeSpan first)
    {
        _failures = WasSteady() ? 0 : _failures;
        _lostAt ??= _time.GetTimestamp();
        var wait = _comeBackAfter is { } after
            ? after + Backoff.After(0, first, _options.MostDelay, _options.Random)
            : Backoff.After(_failures, first, _options.MostDelay, _options.Random);
        _failures++;
        _openedAt = null;
        if (_options.GiveUpAfter is { } patience && _time.GetElapsedTime(_lostAt.Value) + wait > patience)
        {
            End("gave_up", "The connection was lost and did not come back in time.");
            return;
        }

        Change(new(ConnectionState.Waiting, reason, wait));
        Start(_retryTimer, wait);
    }

    private bool WasSteady() => _openedAt is { } at && _time.GetElapsedTime(at) >= SteadyAfter;

    private async Task RenewAsync()
    {
        try
        {
            var token = await _options.Token!(CancellationToken.None);
            Locked(() => Authenticate(token));
        }
        catch (Exception)
        {
            // the server closes with 4001 when the old one is no good any more, and then it is asked for again
        }
    }

    private void Release(bool goodbye = false)
    {
        Stop(_welcomeTimer);
        Stop(_renewTimer);
        _liveness.Stop();
        if (goodbye && State == ConnectionState.Open)
        {
            _round!.StopWithGoodbye(_time);
        }
        else
        {
            _round?.Stop();
        }

        _round = null;
    }

    private void End(string code, string message)
    {
        Release();
        Change(new(ConnectionState.Closed, code));
        _owner.Ended(code, message);
    }

    private void Change(ConnectionStateChange change)
    {
        State = change.State;
        _owner.Changed(change);
    }

    private void Locked(Action action)
    {
        lock (_gate)
        {
            action();
        }

        _owner.Settled();
    }

    private ITimer Timer(Action due) =>
        _time.CreateTimer(_ => Locked(due), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private static void Start(ITimer timer, TimeSpan time) => timer.Change(time, Timeout.InfiniteTimeSpan);

    private static void Stop(ITimer timer) => timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Why a socket is gone.</summary>
    private sealed record Loss(string Reason)
    {
        public int? Code { get; init; }

        public int? Status { get; init; }

        public TimeSpan? RetryAfter { get; init; }
    }

    /// <summary>The life of one socket.</summary>
    private sealed class Round(IClientSocket socket) : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private Task _goodbye = Task.CompletedTask;
        private volatile bool _isOver;

        public IClientSocket Socket => socket;

        public CancellationToken Stopping => _stop.Token;

        public bool IsOver => _isOver;

        public Task Writing { get; set; } = Task.CompletedTask;

        public Channel<byte[]> Outgoing { get; } = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MostFramesWaiting) { SingleReader = true });

        /// <summary>Lets go of the socket; whoever waits for it goes on elsewhere, not under the lock.</summary>
        public void Stop()
        {
            _isOver = true;
            Outgoing.Writer.TryComplete();
            _ = _stop.CancelAsync();
        }

        /// <summary>Sends what is still to be sent, and says goodbye. A socket that was told to stop cannot any more.</summary>
        public void StopWithGoodbye(TimeProvider time)
        {
            _isOver = true;
            Outgoing.Writer.TryComplete();
            _goodbye = SayGoodbyeAsync(time);
        }

        public async Task EndAsync()
        {
            await _goodbye;
            Stop();
            await Writing;
            Dispose();
        }

        public void Dispose()
        {
            socket.Dispose();
            _stop.Dispose();
        }

        private async Task SayGoodbyeAsync(TimeProvider time)
        {
            using var deadline = new CancellationTokenSource(GoodbyeTimeout, time);
            try
            {
                await Writing.WaitAsync(deadline.Token);
                await socket.CloseAsync(deadline.Token);
            }
            catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
            {
                // it was a courtesy
            }

            await _stop.CancelAsync();
        }
    }
}
