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
    private readonly Gate _gate;
    private readonly StreamChatClientOptions _options;
    private readonly Session _session;
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
        _session = new(_gate, options, owner => new(
            AddressOf(address, options.UserId),
            owner,
            options,
            sockets ?? (() => new WebSocketClientSocket(options.Http, options.MaxFrameBytes)),
            _gate));
        _session.StateChanged += change => StateChanged?.Invoke(this, change);
        _session.Refused += error => Refused?.Invoke(this, error);
        _session.FrameReceived += frame => FrameReceived?.Invoke(this, frame);
    }

    /// <summary>The connection's state has changed. Handlers are called one after the other, must not wait and must not throw.</summary>
    public event EventHandler<ConnectionStateChange>? StateChanged;

    /// <summary>Something was refused that belongs to no run. Handlers are called one after the other, must not wait and must not throw.</summary>
    public event EventHandler<RefusedException>? Refused;

    /// <summary>A frame of a type that this version does not know. Handlers are called one after the other, must not wait and must not throw.</summary>
    public event EventHandler<ServerFrame>? FrameReceived;

    /// <summary>What the connection is doing.</summary>
    public ConnectionState State => _session.Connection.State;

    /// <summary>The connection's name; null when there is none.</summary>
    public string? ConnectionId => _session.ConnectionId;

    /// <summary>Who this is, as the server says.</summary>
    public string? UserId => _session.UserId;

    /// <summary>The runs that have not ended.</summary>
    public IReadOnlyList<ChatRun> Runs => _gate.Read(() => _session.Runs.All);

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
        var opened = DoOpen(() =>
        {
            _session.Connection.Open();
            return _session.Opening.Opened;
        });
        await opened.WaitAsync(cancellationToken);
    }

    /// <summary>The network is back, the machine has slept: waits no longer, and looks whether all is well.</summary>
    public void Wake() => _gate.Do(_session.Connection.Wake);

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
    public ChatRoom Join(string threadId) => DoOpen(() => _session.Rooms.Join(threadId));

    /// <summary>Renews the access token of the socket that is there.</summary>
    /// <param name="token">The new one.</param>
    /// <param name="cancellationToken">Waits no longer.</param>
    /// <returns>Until when it is good, if the server says so.</returns>
    /// <exception cref="RefusedException">The server does not take it.</exception>
    /// <exception cref="ConnectionEndedException">The connection was lost meanwhile, or there is none.</exception>
    public Task<DateTimeOffset?> AuthenticateAsync(AccessToken token, CancellationToken cancellationToken = default)
    {
        var answer = _gate.Do(() =>
        {
            if (State != ConnectionState.Open)
            {
                throw new ConnectionEndedException("lost", "There is no connection.", retryable: true);
            }

            var next = _session.TokenAnswers.NextAsync();
            _session.Connection.Authenticate(token);
            return next;
        });
        return answer.WaitAsync(cancellationToken);
    }

    /// <summary>Closes for good; runs under way end here as failed, though the server may finish them.</summary>
    public async ValueTask DisposeAsync()
    {
        _gate.Do(() =>
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                _session.Close();
            }
        });
        await _session.Connection.LastSocket;
        _session.Connection.Dispose();
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

    private ChatRun Begin(Guid runId, string? threadId, RunPosition position, RunLink link) =>
        DoOpen(() => _session.Runs.Begin(runId, threadId, position, link));

    private T DoOpen<T>(Func<T> action) => _gate.Do(() =>
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return action();
    });
}
