using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
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

    private static readonly TimeSpan DefaultHeartbeat = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SteadyAfter = TimeSpan.FromSeconds(5);

    private readonly Uri _address;
    private readonly IConnectionOwner _owner;
    private readonly StreamChatClientOptions _options;
    private readonly Func<IClientSocket> _sockets;
    private readonly Gate _gate;
    private readonly TimeProvider _time;
    private readonly Liveness _liveness;
    private readonly ITimer _retryTimer;
    private readonly ITimer _welcomeTimer;
    private readonly Tokens _tokens;
    private Round? _round;
    private Task _last = Task.CompletedTask;
    private int _failures;
    private int _refusedTokens;
    private long? _openedAt;
    private long? _lostAt;
    private TimeSpan? _comeBackAfter;
    private TimeSpan _heartbeat = DefaultHeartbeat;

    public Connection(Uri address, IConnectionOwner owner, StreamChatClientOptions options, Func<IClientSocket> sockets, Gate gate)
    {
        (_address, _owner, _options, _sockets, _gate, _time) = (address, owner, options, sockets, gate, options.TimeProvider);
        _liveness = new(
            gate,
            _time,
            options.PongTimeout,
            () => owner.IsBusy && options.QuietTime < _heartbeat ? options.QuietTime : _heartbeat,
            () => Send(new PingFrame("ping"), FrameJson.Default.PingFrame),
            () => Abandon("silent"));
        _tokens = new(gate, options, Authenticate);
        _retryTimer = gate.Timer(Open);
        _welcomeTimer = gate.Timer(() => Abandon("silent"));
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

        _retryTimer.Stop();
        _comeBackAfter = null;
        _lostAt ??= _time.GetTimestamp();
        _round = new Round(_sockets());
        Change(new(ConnectionState.Connecting));
        _welcomeTimer.Start(_options.WelcomeTimeout);
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
        if (State == ConnectionState.Open && !_round!.TrySend(JsonSerializer.SerializeToUtf8Bytes(frame, type)))
        {
            Abandon("silent");
        }
    }

    /// <summary>Says who this is anew, on the socket that is there and on those that come.</summary>
    public void Authenticate(AccessToken token)
    {
        _tokens.Use(token);
        Send(new AuthFrame("auth", token.Value), FrameJson.Default.AuthFrame);
    }

    /// <summary>Renews the token in time.</summary>
    public void RenewBefore(DateTimeOffset? expiresAt) => _tokens.RenewBefore(expiresAt);

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
        _retryTimer.Stop();
        Change(new(ConnectionState.Closed));
    }

    public void Dispose()
    {
        _liveness.Dispose();
        _retryTimer.Dispose();
        _welcomeTimer.Dispose();
        _tokens.Dispose();
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
            loss = new("lost") { Code = round.CloseCode };
        }

        _gate.Do(() =>
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
        AccessToken? token;
        try
        {
            token = await _tokens.GetAsync(round.Stopping);
        }
        catch (Exception) when (!round.IsOver)
        {
            // whoever gets tokens may be away as well
            return new("token");
        }

        await round.ConnectAsync(_address, token?.Value);
        while (await round.ReceiveAsync() is { } utf8)
        {
            var frame = FrameReader.Read(utf8.Span);
            _gate.Do(() => Take(round, frame, token?.ExpiresAt));
            if (round.IsOver)
            {
                return new("lost");
            }
        }

        return new("lost") { Code = round.CloseCode };
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
        _welcomeTimer.Stop();
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
        if (!_tokens.CanRenew || _refusedTokens > MostTokensRefused)
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
        _retryTimer.Start(wait);
    }

    private bool WasSteady() => _openedAt is { } at && _time.GetElapsedTime(at) >= SteadyAfter;

    private void Release(bool goodbye = false)
    {
        _welcomeTimer.Stop();
        _tokens.StopRenewing();
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

    /// <summary>Why a socket is gone.</summary>
    private sealed record Loss(string Reason)
    {
        public int? Code { get; init; }

        public int? Status { get; init; }

        public TimeSpan? RetryAfter { get; init; }
    }
}
