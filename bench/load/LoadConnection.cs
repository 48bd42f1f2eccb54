using System.Buffers;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;

namespace StreamChat.Load;

/// <summary>One user on one socket, who asks for runs one after the other, or for none.</summary>
internal sealed class LoadConnection : IDisposable
{
    private const int LargestFrame = 1 << 20;

    // what clients of all protocols are told to do
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(30);

    private static readonly ReadOnlyMemory<byte> Ping = """{"type":"ping"}"""u8.ToArray();

    private readonly int _number;
    private readonly LoadOptions _options;
    private readonly TimeProvider _time;
    private readonly ClientWebSocket _socket = new();
    private readonly List<LoadTurn> _turns = [];
    private byte[] _buffer = new byte[4096];

    public LoadConnection(int number, LoadOptions options, TimeProvider time)
    {
        _number = number;
        _options = options;
        _time = time;
        _socket.Options.AddSubProtocol("streamchat.v1");
    }

    /// <summary>From the handshake to the server's welcome.</summary>
    public Recorder ConnectTime { get; } = new(1);

    /// <summary>The runs it asked for.</summary>
    public IReadOnlyList<LoadTurn> Turns => _turns;

    /// <summary>True when the server let go of it while it only waited.</summary>
    public bool Dropped { get; private set; }

    /// <summary>Opens the socket and waits for the server's welcome.</summary>
    public async Task ConnectAsync(HttpMessageInvoker invoker, CancellationToken cancellationToken)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"user_id=load-{_number}");
        var url = new UriBuilder(_options.Url);
        url.Query = url.Query.Length > 1 ? $"{url.Query}&{query}" : query;
        var started = _time.GetTimestamp();
        await _socket.ConnectAsync(url.Uri, invoker, cancellationToken);
        int length;
        do
        {
            length = await ReceiveAsync(cancellationToken);
            if (length < 0)
            {
                throw new IOException($"the server closed a socket instead of welcoming it ({_socket.CloseStatusDescription})");
            }
        }
        while (Frame.Read(_buffer.AsSpan(0, length), []).Kind != FrameKind.Welcome);
        ConnectTime.Add((long)_time.GetElapsedTime(started).TotalMicroseconds);
    }

    /// <summary>
    /// Asks for a run and follows it to its end, again and again until <paramref name="over"/> fires when the options name a
    /// duration. Never throws for what the server does: see <see cref="LoadTurn.Failure"/>.
    /// </summary>
    public async Task RunAsync(CancellationToken over, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(_options.Ramp * _number / _options.Streams, _time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        do
        {
            var turn = new LoadTurn(_options.Tokens, _time);
            _turns.Add(turn);
            await RunAsync(turn, _options.Prompt, cancellationToken);
        }
        while (_options.Duration > TimeSpan.Zero && !over.IsCancellationRequested && _socket.State == WebSocketState.Open);
    }

    /// <summary>
    /// Asks for short runs, which are not counted, until <paramref name="over"/> fires: neither the server's compiler nor the generator's
    /// own is to be measured.
    /// </summary>
    public async Task WarmUpAsync(CancellationToken over, CancellationToken cancellationToken)
    {
        while (!over.IsCancellationRequested && _socket.State == WebSocketState.Open)
        {
            await RunAsync(new LoadTurn(LoadOptions.WarmUpTokens, _time), LoadOptions.WarmUpPrompt, cancellationToken);
        }
    }

    /// <summary>Only waits, as most connections do, and shows now and then that it is there.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pinging = PingAsync(ended.Token);
        try
        {
            while (await ReceiveAsync(cancellationToken) >= 0)
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

        await ended.CancelAsync();
        await pinging;
    }

    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_socket.State == WebSocketState.Open)
            {
                await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // all is measured; how it ends is of no interest
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task PingAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new PeriodicTimer(PingInterval, _time);
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await _socket.SendAsync(Ping, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // who reads finds out why
        }
    }

    private async Task RunAsync(LoadTurn turn, string prompt, CancellationToken cancellationToken)
    {
        try
        {
            turn.SentAt = _time.GetTimestamp();
            await _socket.SendAsync(Request(turn, prompt), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            while (true)
            {
                var length = await ReceiveAsync(cancellationToken);
                if (length < 0)
                {
                    turn.Failure = $"closed_{(int?)_socket.CloseStatus}";
                    return;
                }

                if (turn.Take(_buffer.AsSpan(0, length)))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            turn.Failure = "timeout";
        }
        catch (WebSocketException)
        {
            turn.Failure = cancellationToken.IsCancellationRequested ? "timeout" : "disconnected";
        }
        catch (JsonException)
        {
            turn.Failure = "not_json";
        }
        catch (InvalidDataException)
        {
            turn.Failure = "frame_too_large";
        }
    }

    private static ReadOnlyMemory<byte> Request(LoadTurn turn, string prompt)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("type", "run");
        json.WriteString("runId", turn.RunId);
        json.WriteString("threadId", $"load-{turn.RunId}");
        json.WriteStartArray("messages");
        json.WriteStartObject();
        json.WriteString("role", "user");
        json.WriteString("content", prompt);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Reads one whole frame into the buffer.</summary>
    /// <returns>Its length; -1 when the server has closed.</returns>
    private async ValueTask<int> ReceiveAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return -1;
            }

            length += part.Count;
            if (part.EndOfMessage)
            {
                return length;
            }

            if (length == LargestFrame)
            {
                throw new InvalidDataException();
            }

            if (length == _buffer.Length)
            {
                Array.Resize(ref _buffer, length * 2);
            }
        }
    }
}
