using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using StreamChat.Load.Dialects;

namespace StreamChat.Load;

/// <summary>One user on one socket, who asks for runs one after the other, or for none.</summary>
internal sealed class LoadConnection(int number, LoadOptions options, TimeProvider time) : IDisposable
{
    private readonly ILoadDialect _dialect = options.Dialect;
    private readonly LoadSocket _socket = new();
    private readonly List<LoadTurn> _turns = [];

    /// <summary>From the handshake to the server's welcome.</summary>
    public Recorder ConnectTime { get; } = new(1);

    /// <summary>The runs it asked for.</summary>
    public IReadOnlyList<LoadTurn> Turns => _turns;

    /// <summary>True when the server let go of it while it only waited.</summary>
    public bool Dropped { get; private set; }

    /// <summary>Opens the socket and waits for the server's welcome, where there is one.</summary>
    public async Task ConnectAsync(HttpMessageInvoker invoker, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var address = options.AddressOf(string.Create(CultureInfo.InvariantCulture, $"load-{number}"));
        await _socket.ConnectAsync(address, _dialect.SubProtocol, invoker, cancellationToken);
        if (_dialect.IsWelcomed)
        {
            await ReadWelcomeAsync(cancellationToken);
        }

        ConnectTime.Add((long)time.GetElapsedTime(started).TotalMicroseconds);
    }

    /// <summary>
    /// Asks for a run and follows it to its end, and for the next one, as many as the options name or until <paramref name="over"/>
    /// fires when they name a duration. Never throws for what the server does: see <see cref="LoadTurn.Failure"/>.
    /// </summary>
    public async Task RunAsync(CancellationToken over, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(options.Ramp * number / options.Streams, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        do
        {
            var turn = new LoadTurn(_dialect, options.Tokens, time, options.CancelAfter);
            _turns.Add(turn);
            turn.Failure = await FollowAsync(turn, options.Prompt, cancellationToken) ?? turn.Failure;
        }
        while (_socket.IsOpen && (options.Duration > TimeSpan.Zero ? !over.IsCancellationRequested : _turns.Count < options.Runs));
    }

    /// <summary>
    /// Asks for short runs, which are not counted, until <paramref name="over"/> fires: neither the server's compiler nor the generator's
    /// own is to be measured.
    /// </summary>
    public async Task WarmUpAsync(CancellationToken over, CancellationToken cancellationToken)
    {
        while (!over.IsCancellationRequested && _socket.IsOpen)
        {
            await FollowAsync(new LoadTurn(_dialect, LoadOptions.WarmUpTokens, time), LoadOptions.WarmUpPrompt, cancellationToken);
        }
    }

    /// <summary>Only waits, as most connections do.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _socket.ReceiveAsync(cancellationToken) >= 0)
            {
            }

            Dropped = true;
        }
        catch (OperationCanceledException)
        {
            // it waited to the end
        }
        catch (WebSocketException)
        {
            Dropped = !cancellationToken.IsCancellationRequested;
        }
    }

    /// <summary>Shows that it is there.</summary>
    public async ValueTask PingAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_socket.IsOpen)
            {
                await _socket.SendAsync(_dialect.Ping, cancellationToken);
            }
        }
        catch (WebSocketException)
        {
            // who reads finds out why
        }
    }

    public Task CloseAsync(CancellationToken cancellationToken) => _socket.CloseAsync(cancellationToken);

    public void Dispose() => _socket.Dispose();

    private async Task ReadWelcomeAsync(CancellationToken cancellationToken)
    {
        int length;
        do
        {
            length = await _socket.ReceiveAsync(cancellationToken);
            if (length < 0)
            {
                throw new IOException($"the server closed a socket instead of welcoming it ({_socket.CloseReason})");
            }
        }
        while (_dialect.Read(_socket.Frame(length), []).Kind != FrameKind.Welcome);
    }

    /// <returns>Why it broke off; null when the run came to an end, a good one or a bad one.</returns>
    private async Task<string?> FollowAsync(LoadTurn turn, string prompt, CancellationToken cancellationToken)
    {
        try
        {
            turn.SentAt = time.GetTimestamp();
            await _socket.SendAsync(json => _dialect.WriteRequest(json, turn.RunId, prompt), cancellationToken);
            return await turn.FollowAsync(_socket, cancellationToken) ? null : $"closed_{(int?)_socket.CloseStatus}";
        }
        catch (OperationCanceledException)
        {
            return "timeout";
        }
        catch (WebSocketException)
        {
            return cancellationToken.IsCancellationRequested ? "timeout" : "disconnected";
        }
        catch (JsonException)
        {
            return "not_json";
        }
        catch (InvalidDataException)
        {
            return "frame_too_large";
        }
    }
}
