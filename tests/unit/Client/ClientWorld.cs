using System.Collections.Concurrent;
using StreamChat.Client;
using StreamChat.TestSupport.Time;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.UnitTests.Client;

/// <summary>A client whose clock stands still until told, whose sockets end at the test, and to whom nothing happens by chance.</summary>
internal sealed class ClientWorld : IAsyncDisposable
{
    private readonly ConcurrentQueue<FakeSocket> _sockets = new();
    private int _taken;

    public FakeTimeProvider Time { get; } = new();

    /// <summary>Makes the next sockets.</summary>
    public Func<FakeSocket> NewSocket { get; set; } = () => new FakeSocket();

    public StreamChatClient Client { get; private set; } = null!;

    public ConcurrentQueue<ConnectionStateChange> States { get; } = new();

    public int SocketCount => _sockets.Count;

    /// <summary>The socket that the client made last; null before the first.</summary>
    public FakeSocket? LastSocket => _sockets.LastOrDefault();

    /// <summary>Makes the client; it connects when something is asked of it.</summary>
    public StreamChatClient Create(Func<StreamChatClientOptions, StreamChatClientOptions>? change = null)
    {
        var options = new StreamChatClientOptions { UserId = "ada", TimeProvider = Time, Random = () => 1 };
        Client = new StreamChatClient(new Uri("http://server/ws/v1"), change?.Invoke(options) ?? options, () =>
        {
            var socket = NewSocket();
            _sockets.Enqueue(socket);
            return socket;
        });
        Client.StateChanged += (_, change) => States.Enqueue(change);
        return Client;
    }

    /// <summary>Makes the client and lets the server welcome it.</summary>
    public async Task<FakeSocket> OpenAsync(Func<StreamChatClientOptions, StreamChatClientOptions>? change = null)
    {
        var connecting = Create(change).ConnectAsync(TestContext.Current.CancellationToken);
        var socket = await SocketAsync();
        socket.Welcome();
        await connecting;
        return socket;
    }

    /// <summary>The next socket that the client makes.</summary>
    public async Task<FakeSocket> SocketAsync()
    {
        await Eventually.TrueAsync(() => _sockets.Count > _taken);
        var socket = _sockets.ElementAt(_taken++);
        return socket;
    }

    public Task StateAsync(ConnectionState state) => Eventually.TrueAsync(() => Client.State == state, awaited: $"{state}");

    /// <summary>The connection is lost, the client comes back and is welcomed.</summary>
    public async Task<FakeSocket> ComeBackAsync(FakeSocket socket, int? code = null)
    {
        socket.Break(code);
        await Eventually.TrueAsync(() => Client.State == ConnectionState.Waiting && States.LastOrDefault()?.RetryIn is not null);
        Time.Advance(States.Last().RetryIn!.Value);
        var next = await SocketAsync();
        next.Welcome();
        await next.TakenAsync();
        return next;
    }

    public ValueTask DisposeAsync() => Client.DisposeAsync();
}
