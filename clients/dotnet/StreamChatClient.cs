using StreamChat.Client.Connections;
using StreamChat.Client.Frames;
using StreamChat.Client.Runs;

namespace StreamChat.Client;

/// <summary>
/// Speaks <c>streamchat.v1</c> over one WebSocket that it keeps alive. After a loss it comes back by itself, and everything goes on where
/// it stood: requests that were not accepted are sent again under the same id, runs are attached to after the last event that was seen,
/// rooms are joined again, what was cancelled meanwhile is cancelled, tools' answers that may have been lost are given again. All members
/// may be called from any thread.
/// </summary>
public sealed class StreamChatClient : IAsyncDisposable
{
    private const int TooLarge = 1009;
    private const int MostGaps = 3;
    private const int MostCancels = 30;
    private const int MostRejoins = 10;
    private const int MostExcepted = 64;
    private const int MostEndedKnown = 256;

    private static readonly TimeSpan AgainFirst = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AgainMost = TimeSpan.FromSeconds(5);

    private readonly Gate _gate;
    private readonly StreamChatClientOptions _options;
    private readonly Connection _connection;
    private readonly Dictionary<Guid, ChatRun> _runs = [];
    private readonly Dictionary<string, ChatRoom> _rooms = [];
    private readonly HashSet<Guid> _ended = [];
    private readonly Queue<Guid> _endedInOrder = [];
    private readonly Queue<TaskCompletionSource<DateTimeOffset?>> _authenticating = [];
    private TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isDisposed;

    /// <summary>A client that connects when something is asked of it, or by <see cref="ConnectAsync(CancellationToken)"/>.</summary>
    /// <param name="address">A server's native protocol, such as <c>wss://chat.example/ws/v1</c>; http and https will do as well.</param>
    /// <param name="options">How it behaves.</param>
    public StreamChatClient(Uri address, StreamChatClientOptions? options = null)
        : this(address, options ?? new(), null)
    {
    }

    internal StreamChatClient(Uri address, StreamChatClientOptions options, Func<IClientSocket>? sockets)
    {
        ArgumentNullException.ThrowIfNull(address);
        _options = options;
        _gate = new(options.TimeProvider);
        _connection = new(
            AddressOf(address, options.UserId),
            new Owner(this),
            options,
            sockets ?? (() => new WebSocketClientSocket(options.Http, options.MaxFrameBytes)),
            _gate);
        UserId = options.UserId;
    }

    /// <summary>The connection's state has changed. Handlers are called one after the other, must not wait and must not throw.</summary>
    public event EventHandler<ConnectionStateChange>? StateChanged;

    /// <summary>Something was refused that belongs to no run. Handlers are called one after the other, must not wait and must not throw.</summary>
    public event EventHandler<RefusedException>? Refused;

    /// <summary>A frame of a type that this version does not know. Handlers are called one after the other, must not wait and must not throw.</summary>
    public event EventHandler<ServerFrame>? FrameReceived;

    /// <summary>What the connection is doing.</summary>
    public ConnectionState State => _connection.State;

    /// <summary>The connection's name; null when there is none.</summary>
    public string? ConnectionId { get; private set; }

    /// <summary>Who this is, as the server says.</summary>
    public string? UserId { get; private set; }

    /// <summary>The runs that have not ended.</summary>
    public IReadOnlyList<ChatRun> Runs => _gate.Read<IReadOnlyList<ChatRun>>(() => [.. _runs.Values]);

    /// <summary>Makes a client and waits until its connection is open.</summary>
    /// <param name="address">A server's native protocol, such as <c>wss://chat.example/ws/v1</c>.</param>
    /// <param name="options">How it behaves.</param>
    /// <param name="cancellationToken">Waits no longer.</param>
    /// <exception cref="ConnectionEndedException">The server does not let this client in.</exception>
    public static async Task<StreamChatClient> ConnectAsync(
        Uri address, StreamChatClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        var client = new StreamChatClient(address, options);
        try
        {
            await client.ConnectAsync(cancellationToken);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens the connection now, also in the midst of waiting for the next try, and waits until it is open.</summary>
    /// <param name="cancellationToken">Waits no longer.</param>
    /// <exception cref="ConnectionEndedException">It is closed for good.</exception>
    public async Task ConnectAsync(CancellationToken cancellationToken = default)
    {
        Task ready = Task.CompletedTask;
        _gate.Do(() =>
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _connection.Open();
            ready = _ready.Task;
        });
        await ready.WaitAsync(cancellationToken);
    }

    /// <summary>The network is back, the machine has slept: waits no longer, and looks whether all is well.</summary>
    public void Wake() => _gate.Do(_connection.Wake);

    /// <summary>Asks for an answer to one message. Without a connection the request waits for one.</summary>
    /// <param name="text">What is said.</param>
    /// <param name="threadId">The conversation; left out, a new one begins.</param>
    public ChatRun Run(string text, string? threadId = null) => Run(RunRequest.Of(text, threadId));

    /// <summary>Asks for an answer. Without a connection the request waits for one. Of a run that is followed already, returns that.</summary>
    /// <param name="request">What is asked for.</param>
    /// <exception cref="InvalidOperationException">Too many runs are followed.</exception>
    public ChatRun Run(RunRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var id = request.RunId ?? Guid.CreateVersion7(_options.TimeProvider.GetUtcNow());
        var frame = new RunFrame(
            "run", id, request.ThreadId, request.Messages, request.Tools, request.Context, request.State, request.ForwardedProps,
            request.Agent, request.Model, request.Personality, request.WhenBusy, request.UseTools);
        return Begin(id, request.ThreadId, new(1, 0), new RunLink { Request = frame });
    }

    /// <summary>Shows a run that was asked for before, by this client or another.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="position">After which event to begin; left out, with the first.</param>
    /// <param name="threadId">Needed for a run that somebody else asked for in a room, which must be joined.</param>
    /// <exception cref="InvalidOperationException">Too many runs are followed.</exception>
    public ChatRun Attach(Guid runId, RunPosition? position = null, string? threadId = null) =>
        Begin(runId, threadId, position ?? new(1, 0), new RunLink { IsSent = true, IsAccepted = true, IsOfRoom = threadId is not null });

    /// <summary>Sees all runs that others ask for in a thread or room from now on.</summary>
    /// <param name="threadId">The thread, or a room's: <c>~room/</c> and its id.</param>
    public ChatRoom Join(string threadId)
    {
        ChatRoom? room = null;
        _gate.Do(() =>
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_rooms.TryGetValue(threadId, out room))
            {
                _rooms[threadId] = room = new(new Owner(this), threadId, _options.MaxRuns);
                if (State == ConnectionState.Open)
                {
                    SendJoin(threadId);
                }
                else
                {
                    _connection.Open();
                }
            }
        });
        return room!;
    }

    /// <summary>Renews the access token of the socket that is there.</summary>
    /// <param name="token">The new one.</param>
    /// <param name="cancellationToken">Waits no longer.</param>
    /// <returns>Until when it is good, if the server says so.</returns>
    /// <exception cref="RefusedException">The server does not take it.</exception>
    /// <exception cref="ConnectionEndedException">The connection was lost meanwhile, or there is none.</exception>
    public Task<DateTimeOffset?> AuthenticateAsync(AccessToken token, CancellationToken cancellationToken = default)
    {
        var answer = new TaskCompletionSource<DateTimeOffset?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _gate.Do(() =>
        {
            if (State != ConnectionState.Open)
            {
                throw new ConnectionEndedException("lost", "There is no connection.", retryable: true);
            }

            _authenticating.Enqueue(answer);
            _connection.Authenticate(token);
        });
        return answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Closes for good; runs under way end here as failed, though the server may finish them.</summary>
    public async ValueTask DisposeAsync()
    {
        _gate.Do(() =>
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                _connection.Close();
                EndAll("closed", "The client was closed.");
            }
        });
        await _connection.LastSocket;
        _connection.Dispose();
    }

    private static Uri AddressOf(Uri address, string? userId)
    {
        var builder = new UriBuilder(address);
        builder.Scheme = builder.Scheme switch { "http" => "ws", "https" => "wss", var other => other };
        if (userId is not null)
        {
            var query = builder.Query.TrimStart('?');
            builder.Query = $"{query}{(query.Length > 0 ? "&" : "")}user_id={Uri.EscapeDataString(userId)}";
        }

        return builder.Uri;
    }

    private ChatRun Begin(Guid runId, string? threadId, RunPosition position, RunLink link)
    {
        ChatRun? run = null;
        _gate.Do(() =>
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_runs.TryGetValue(runId, out run))
            {
                return;
            }

            if (_runs.Count >= _options.MaxRuns)
            {
                throw new InvalidOperationException($"This client follows {_options.MaxRuns} runs already.");
            }

            _runs[runId] = run = new(new Owner(this), link, runId, threadId, position, _options.BufferBytes);
            _ended.Remove(runId);
            if (State == ConnectionState.Open)
            {
                GoOn(run);
                _connection.Refresh();
            }
            else
            {
                _connection.Open();
            }
        });
        return run!;
    }

    /// <summary>Says whatever the server may not have heard of a run. Saying it twice does no harm.</summary>
    private void GoOn(ChatRun run)
    {
        var link = run.Link;
        ForgetGap(link);

        // what happens in a room is for those who are in it: goes on when we are
        if (run.IsEnded || State != ConnectionState.Open || (run.ThreadId is { } thread && _rooms.TryGetValue(thread, out var room) && !room.IsJoined))
        {
            return;
        }

        if (link.IsAccepted && !link.AskAgain)
        {
            SendAttach(run);
        }
        else
        {
            (link.IsSent, link.AskAgain) = (true, false);
            _connection.Send(link.Request!, FrameJson.Default.RunFrame);
        }

        foreach (var answer in link.Answers.Values)
        {
            _connection.Send(answer, FrameJson.Default.ToolResultFrame);
        }

        SendCancel(run);
    }

    private void SendAttach(ChatRun run)
    {
        var position = run.Position;
        _connection.Send(
            new AttachFrame("attach", run.RunId, run.Link.IsOfRoom ? run.ThreadId : null, position.Attempt, position.AfterSeq),
            FrameJson.Default.AttachFrame);
    }

    /// <summary>The runs that are known are gone on with where they stand; the others that are under way are shown from their start.</summary>
    private void SendJoin(string threadId)
    {
        Guid[] except = [.. _runs.Values.Where(run => run.ThreadId is null || run.ThreadId == threadId).Select(run => run.RunId).TakeLast(MostExcepted)];
        _connection.Send(new JoinFrame("join", threadId, except.Length > 0 ? except : null), FrameJson.Default.JoinFrame);
    }

    /// <summary>Only of a run that the server has: it would not know what is meant. Said until it has ended, for nobody confirms it.</summary>
    private void SendCancel(ChatRun run)
    {
        var link = run.Link;
        link.CancelTimer?.Dispose();
        link.CancelTimer = null;
        if (!run.IsCancelling || run.IsEnded || !link.IsAccepted || State != ConnectionState.Open)
        {
            return;
        }

        _connection.Send(new CancelFrame("cancel", run.RunId), FrameJson.Default.CancelFrame);
        if (++link.Cancels < MostCancels)
        {
            link.CancelTimer = _gate.After(_options.CancelInterval, () => SendCancel(run));
        }
    }

    private void Welcomed(WelcomeFrame frame)
    {
        (ConnectionId, UserId) = (frame.ConnectionId, frame.UserId ?? UserId);
        foreach (var threadId in _rooms.Keys)
        {
            SendJoin(threadId);
        }

        foreach (var run in _runs.Values.ToArray())
        {
            GoOn(run);
        }

        _ready.TrySetResult();
    }

    private void Received(object frame)
    {
        switch (frame)
        {
            case RunEvent e:
                Take(e);
                break;
            case AcceptedFrame accepted when _runs.TryGetValue(accepted.RunId, out var run):
                run.Accept(accepted.ThreadId, accepted.TraceId);
                run.Link.Troubles = default;
                SendCancel(run);
                break;
            case ErrorFrame error:
                Refuse(error);
                break;
            case JoinedFrame joined:
                Joined(joined.ThreadId);
                break;
            case LeftFrame left when _rooms.TryGetValue(left.ThreadId, out var room):
                EndRoom(room, new RefusedException("left", "The room has no place for this client any more.", retryable: true));
                break;
            case ReconnectFrame reconnect:
                _connection.ComeBackAfter(TimeSpan.FromMilliseconds(Math.Clamp(reconnect.AfterMs, 0, 3_600_000)));
                break;
            case AuthenticatedFrame authenticated:
                DateTimeOffset? expiresAt = authenticated.ExpiresAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
                _connection.RenewBefore(expiresAt);
                if (_authenticating.TryDequeue(out var answer))
                {
                    answer.TrySetResult(expiresAt);
                }

                break;
            case ServerFrame other:
                _gate.Later(() => FrameReceived?.Invoke(this, other));
                break;
        }
    }

    private void Take(RunEvent e)
    {
        if (!_runs.TryGetValue(e.RunId, out var run) && (run = SeenInRoom(e)) is null)
        {
            return;
        }

        switch (run.Take(e))
        {
            case Verdict.Next:
                ForgetGap(run.Link);
                (run.Link.IsSeen, run.Link.Gaps, run.Link.Troubles) = (true, 0, default);
                break;
            case Verdict.Gap:
                FillGap(run);
                break;
        }
    }

    /// <summary>Asks for what is missing; what does not come by that comes with another connection.</summary>
    private void FillGap(ChatRun run)
    {
        var link = run.Link;
        if (link.IsGapWaited)
        {
            return;
        }

        SendAttach(run);
        link.IsGapWaited = true;
        link.GapTimer = _gate.After(_options.GapTimeout, () =>
        {
            if (!link.IsGapWaited)
            {
                return;
            }

            ForgetGap(link);
            if (++link.Gaps > MostGaps)
            {
                run.Fail(new ConnectionEndedException("lost", "A part of the answer did not come.", retryable: true, run.RunId));
            }
            else
            {
                _connection.Abandon("gap");
            }
        });
    }

    private ChatRun? SeenInRoom(RunEvent e)
    {
        if (_rooms.Count == 0 || _ended.Contains(e.RunId) || _runs.Count >= _options.MaxRuns)
        {
            return null;
        }

        // the start says which thread it is; in the middle it can be but the only one
        var threadId = (e as RunStarted)?.ThreadId ?? (_rooms.Count == 1 ? _rooms.Keys.First() : null);
        if (threadId is null || !_rooms.TryGetValue(threadId, out var room))
        {
            return null;
        }

        var link = new RunLink { IsSent = true, IsAccepted = true, IsOfRoom = true };
        var run = new ChatRun(new Owner(this), link, e.RunId, threadId, new(1, 0), _options.BufferBytes);
        _runs[e.RunId] = run;
        _connection.Refresh();
        room.Push(run);
        return run;
    }

    private void Refuse(ErrorFrame frame)
    {
        var error = new RefusedException(frame.Code ?? "internal", frame.Message ?? "", frame.Retryable, frame.RunId);
        if ((frame.RunId is { } id ? _runs.GetValueOrDefault(id) : frame.ThreadId is null ? OnlyUnanswered() : null) is { } run)
        {
            Refuse(run, error);
        }
        else if (frame is { RunId: null, ThreadId: { } threadId } && _rooms.TryGetValue(threadId, out var room))
        {
            Refuse(room, error);
        }
        else if (error.Code == "forbidden" && _authenticating.TryDequeue(out var answer))
        {
            answer.TrySetException(error);
        }
        else
        {
            _gate.Later(() => Refused?.Invoke(this, error));
        }
    }

    /// <summary>A frame that could not be read has no run id: the one request still unanswered must be what is meant.</summary>
    private ChatRun? OnlyUnanswered()
    {
        var waiting = _runs.Values.Where(r => r.Link is { IsSent: true, IsAccepted: false }).Take(2).ToArray();
        return waiting.Length == 1 && _authenticating.Count == 0 ? waiting[0] : null;
    }

    private void Refuse(ChatRun run, RefusedException error)
    {
        var link = run.Link;
        var isUnknown = error.Code == "not_found";
        if (!link.IsAccepted)
        {
            if (error.Retryable && ++link.Refusals <= _options.RetryRefused && !run.IsCancelling)
            {
                GoOnLater(run, link.Refusals);
            }
            else
            {
                run.Fail(error);
            }
        }
        else if (isUnknown && !link.IsSeen && link.Request is null)
        {
            run.Fail(run.IsCancelling ? new RunCancelledException(run.RunId) : error);
        }
        else if (error.Retryable || isUnknown)
        {
            // An attach, a cancel or a tool's answer that could not be served now. One that no worker has yet is known by its request only.
            link.AskAgain = isUnknown && !link.IsSeen && link.Request is not null;
            Trouble(run, error);
        }
        else
        {
            run.Fail(error);
        }
    }

    private void Trouble(ChatRun run, RefusedException error)
    {
        var link = run.Link;
        var (count, since) = link.Troubles;
        since = count == 0 ? _options.TimeProvider.GetTimestamp() : since;
        link.Troubles = (++count, since);
        if (run.IsCancelling && error.Code == "not_found" && count > 1)
        {
            run.Fail(new RunCancelledException(run.RunId));
        }
        else if (_options.TimeProvider.GetElapsedTime(since) > _options.Patience)
        {
            run.Fail(error);
        }
        else
        {
            GoOnLater(run, count);
        }
    }

    private void GoOnLater(ChatRun run, int tries)
    {
        var link = run.Link;
        if (link.IsAgainDue)
        {
            return;
        }

        link.IsAgainDue = true;
        link.AgainTimer?.Dispose();
        link.AgainTimer = _gate.After(AgainFirst / 2 + Backoff.After(tries, AgainFirst, AgainMost, _options.Random), () =>
        {
            link.IsAgainDue = false;
            GoOn(run);
        });
    }

    private void Refuse(ChatRoom room, RefusedException error)
    {
        // who was in comes back; who was never in is told
        if (error.Retryable && room.WasIn && ++room.Failures <= MostRejoins)
        {
            room.AgainTimer?.Dispose();
            room.AgainTimer = _gate.After(AgainFirst / 2 + Backoff.After(room.Failures, AgainFirst, AgainMost, _options.Random), () =>
            {
                if (_rooms.GetValueOrDefault(room.ThreadId) == room && !room.IsJoined)
                {
                    SendJoin(room.ThreadId);
                }
            });
        }
        else
        {
            EndRoom(room, error);
        }
    }

    private void Joined(string threadId)
    {
        if (_rooms.TryGetValue(threadId, out var room) && !room.IsJoined)
        {
            room.Enter();
            foreach (var run in _runs.Values.Where(r => r.ThreadId == threadId).ToArray())
            {
                GoOn(run);
            }
        }
    }

    /// <summary>What others asked for in the room is seen no more; what we asked for goes on.</summary>
    private void EndRoom(ChatRoom room, StreamChatException? error)
    {
        _rooms.Remove(room.ThreadId);
        room.End(error);
        foreach (var run in _runs.Values.Where(r => r.ThreadId == room.ThreadId).ToArray())
        {
            if (run.Link.IsOfRoom)
            {
                run.Fail(new ConnectionEndedException("left", "The room was left.", runId: run.RunId));
            }
            else if (!room.IsJoined)
            {
                GoOn(run);
            }
        }
    }

    private void Lost(int? code)
    {
        ConnectionId = null;
        if (_ready.Task.IsCompleted)
        {
            _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        foreach (var room in _rooms.Values)
        {
            room.IsJoined = false;
        }

        foreach (var run in _runs.Values.ToArray())
        {
            ForgetGap(run.Link);
            run.Link.Cancels = 0;
            if (code == TooLarge && run.Link is { IsSent: true, IsAccepted: false })
            {
                run.Fail(new RefusedException("too_large", "The request is larger than the server takes.", retryable: false, run.RunId));
            }
        }

        while (_authenticating.TryDequeue(out var answer))
        {
            answer.TrySetException(new ConnectionEndedException("lost", "The connection was lost.", retryable: true));
        }
    }

    private void EndAll(string code, string message)
    {
        foreach (var run in _runs.Values.ToArray())
        {
            run.Fail(new ConnectionEndedException(code, message, code == "gave_up", run.RunId));
        }

        foreach (var room in _rooms.Values)
        {
            room.End(code == "closed" ? null : new ConnectionEndedException(code, message));
        }

        _rooms.Clear();
        while (_authenticating.TryDequeue(out var answer))
        {
            answer.TrySetException(new ConnectionEndedException(code, message));
        }

        if (_ready.TrySetException(new ConnectionEndedException(code, message, code == "gave_up")))
        {
            // nobody has to wait for it
            _ = _ready.Task.Exception;
        }

        _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private void Forget(ChatRun run)
    {
        run.Link.Dispose();
        _runs.Remove(run.RunId);
        if (_ended.Add(run.RunId))
        {
            _endedInOrder.Enqueue(run.RunId);
            if (_endedInOrder.Count > MostEndedKnown)
            {
                _ended.Remove(_endedInOrder.Dequeue());
            }
        }
    }

    private void Cancel(ChatRun run)
    {
        if (run.IsEnded || run.IsCancelling)
        {
            return;
        }

        run.IsCancelling = true;
        if (run.Link.IsSent)
        {
            SendCancel(run);
        }
        else
        {
            run.Fail(new RunCancelledException(run.RunId));
        }
    }

    private static void ForgetGap(RunLink link)
    {
        if (link.IsGapWaited)
        {
            link.IsGapWaited = false;
            link.GapTimer?.Dispose();
            link.GapTimer = null;
        }
    }

    /// <summary>What runs, rooms and the connection call, kept from the public surface.</summary>
    private sealed class Owner(StreamChatClient client) : IConnectionOwner, IRunOwner, IRoomOwner
    {
        public bool IsNeeded => client._runs.Count > 0 || client._rooms.Count > 0;

        public bool IsBusy => client._runs.Count > 0;

        public void Welcomed(WelcomeFrame frame) => client.Welcomed(frame);

        public void Received(object frame) => client.Received(frame);

        public void Lost(int? code) => client.Lost(code);

        public void Ended(string code, string message) => client.EndAll(code, message);

        public void Changed(ConnectionStateChange change) => client._gate.Later(() => client.StateChanged?.Invoke(client, change));

        public void Cancel(ChatRun run) => client._gate.Do(() => client.Cancel(run));

        public void AnswerTool(ChatRun run, ToolResultFrame frame) => client._gate.Do(() =>
        {
            if (!run.IsEnded)
            {
                run.Link.Answers[frame.ToolCallId] = frame;
                client._connection.Send(frame, FrameJson.Default.ToolResultFrame);
            }
        });

        public void Ended(ChatRun run) => client.Forget(run);

        public void Leave(ChatRoom room) => client._gate.Do(() =>
        {
            if (client._rooms.GetValueOrDefault(room.ThreadId) == room)
            {
                client._connection.Send(new ThreadFrame("leave", room.ThreadId), FrameJson.Default.ThreadFrame);
                client.EndRoom(room, null);
            }
        });
    }
}
