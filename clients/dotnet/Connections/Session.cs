using StreamChat.Client.Frames;
using StreamChat.Client.Rooms;
using StreamChat.Client.Runs;

namespace StreamChat.Client.Connections;

/// <summary>
/// A client's parts put together: tells each of them what happens to the connection, and gives each frame to the one that it is for. Under the
/// client's lock.
/// </summary>
internal sealed class Session : IConnectionOwner
{
    private readonly Gate _gate;
    private readonly RunTable _runs;
    private readonly RoomTable _roomTable = new();

    /// <param name="gate">The lock.</param>
    /// <param name="options">How the client behaves.</param>
    /// <param name="connect">Makes the connection, which is not opened by that.</param>
    public Session(Gate gate, StreamChatClientOptions options, Func<IConnectionOwner, Connection> connect)
    {
        _gate = gate;
        _runs = new(options.MaxRuns);
        Connection = connect(this);
        Runs = new(gate, Connection, _runs, _roomTable, options);
        Rooms = new(gate, Connection, _roomTable, _runs, Runs, options);
        UserId = options.UserId;
    }

    /// <summary>The connection's state has changed; told when the lock is let go.</summary>
    public event Action<ConnectionStateChange>? StateChanged;

    /// <summary>Something was refused that belongs to nobody; told when the lock is let go.</summary>
    public event Action<RefusedException>? Refused;

    /// <summary>A frame came that nobody knows; told when the lock is let go.</summary>
    public event Action<ServerFrame>? FrameReceived;

    public Connection Connection { get; }

    public Opening Opening { get; } = new();

    public TokenAnswers TokenAnswers { get; } = new();

    public FollowedRuns Runs { get; }

    public JoinedRooms Rooms { get; }

    public string? ConnectionId { get; private set; }

    public string? UserId { get; private set; }

    bool IConnectionOwner.IsNeeded => !_runs.IsEmpty || !_roomTable.IsEmpty;

    bool IConnectionOwner.IsBusy => !_runs.IsEmpty;

    void IConnectionOwner.Changed(ConnectionStateChange change) => _gate.Later(() => StateChanged?.Invoke(change));

    void IConnectionOwner.Welcomed(WelcomeFrame frame)
    {
        (ConnectionId, UserId) = (frame.ConnectionId, frame.UserId ?? UserId);
        Rooms.RejoinAll();
        Runs.GoOnWithAll();
        Opening.Open();
    }

    void IConnectionOwner.Received(object frame)
    {
        switch (frame)
        {
            case RunEvent e:
                Take(e);
                break;
            case AcceptedFrame accepted when _runs.Find(accepted.RunId) is { } run:
                Runs.Accept(run, accepted);
                break;
            case ErrorFrame error:
                Refuse(error);
                break;
            case JoinedFrame joined:
                Rooms.Enter(joined.ThreadId);
                break;
            case LeftFrame left when _roomTable.Find(left.ThreadId) is { } room:
                Rooms.End(room, new RefusedException("left", "The room has no place for this client any more.", retryable: true));
                break;
            case ReconnectFrame reconnect:
                Connection.ComeBackAfter(TimeSpan.FromMilliseconds(Math.Clamp(reconnect.AfterMs, 0, 3_600_000)));
                break;
            case AuthenticatedFrame authenticated:
                DateTimeOffset? expiresAt = authenticated.ExpiresAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
                Connection.RenewBefore(expiresAt);
                TokenAnswers.Accept(expiresAt);
                break;
            case ServerFrame other:
                _gate.Later(() => FrameReceived?.Invoke(other));
                break;
        }
    }

    void IConnectionOwner.Lost(int? code)
    {
        ConnectionId = null;
        Opening.Lose();
        Rooms.Lose();
        Runs.Lose(code);
        TokenAnswers.Fail(() => new ConnectionEndedException("lost", "The connection was lost.", retryable: true));
    }

    void IConnectionOwner.Ended(string code, string message) => End(code, message);

    /// <summary>Closes for good.</summary>
    public void Close()
    {
        Connection.Close();
        End("closed", "The client was closed.");
    }

    private void End(string code, string message)
    {
        Runs.FailAll(code, message);
        Rooms.EndAll(() => code == "closed" ? null : new ConnectionEndedException(code, message));
        TokenAnswers.Fail(() => new ConnectionEndedException(code, message));
        Opening.Fail(new ConnectionEndedException(code, message, code == "gave_up"));
    }

    private void Take(RunEvent e)
    {
        if ((_runs.Find(e.RunId) ?? Rooms.Show(e)) is { } run)
        {
            Runs.Take(run, e);
        }
    }

    private void Refuse(ErrorFrame frame)
    {
        var error = new RefusedException(frame.Code ?? "internal", frame.Message ?? "", frame.Retryable, frame.RunId);
        if ((frame.RunId is { } id ? _runs.Find(id) : frame.ThreadId is null ? OnlyUnanswered() : null) is { } run)
        {
            Runs.Refuse(run, error);
        }
        else if (frame is { RunId: null, ThreadId: { } threadId } && _roomTable.Find(threadId) is { } room)
        {
            Rooms.Refuse(room, error);
        }
        else if (error.Code != "forbidden" || !TokenAnswers.TryRefuse(error))
        {
            _gate.Later(() => Refused?.Invoke(error));
        }
    }

    /// <summary>A frame that could not be read has no run id: the one request still unanswered must be what is meant.</summary>
    private ChatRun? OnlyUnanswered() => TokenAnswers.AreAwaited ? null : _runs.OnlyUnanswered();
}
