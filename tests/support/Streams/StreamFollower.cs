using System.Net.WebSockets;
using System.Text.Json;
using StreamChat.TestSupport.Sockets;

namespace StreamChat.TestSupport.Streams;

/// <summary>
/// One person who asks for one run and sees it to its end as a client should: when the connection is lost it comes back, to whichever
/// server takes it, and attaches after what it has seen; what is refused as retryable it asks for again. Checks every frame, and
/// measures how long nothing came.
/// </summary>
/// <param name="servers">Where to connect, tried in turn.</param>
/// <param name="userId">Who.</param>
/// <param name="time">The clock that silences are measured by.</param>
public sealed class StreamFollower(IReadOnlyList<Uri> servers, string userId, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly List<string> _statuses = [];
    private readonly List<int> _closeCodes = [];
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JsonSocket? _socket;
    private TimeSpan _comeBackAfter;
    private long _lastHeard;
    private int _server;

    /// <summary>What it has seen.</summary>
    public Transcript Transcript { get; } = new(Guid.CreateVersion7());

    /// <summary>The longest time between two frames of the run, from the first on.</summary>
    public TimeSpan LongestSilence { get; private set; }

    /// <summary>When that silence began, a timestamp of the clock.</summary>
    public long SilentFrom { get; private set; }

    /// <summary>How often it had to connect again.</summary>
    public int Reconnects { get; private set; }

    /// <summary>How often it was refused and asked again.</summary>
    public int Refusals { get; private set; }

    /// <summary>What it was told of the service: <c>ok</c>, or the reason why it is degraded.</summary>
    public IReadOnlyList<string> Statuses => _statuses;

    /// <summary>With which codes its connections were closed; 1006 for those that broke.</summary>
    public IReadOnlyList<int> CloseCodes => _closeCodes;

    /// <summary>Completes with the first frame of the run, or when it is over without one.</summary>
    public Task Begun => _begun.Task;

    /// <summary>A frame of the run has come.</summary>
    public bool HasBegun => Transcript.LastSeq > 0;

    /// <summary>Asks, and reads to the end.</summary>
    /// <param name="text">The question.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The protocol was broken.</exception>
    public async Task RunAsync(string text, CancellationToken cancellationToken)
    {
        try
        {
            while (!Transcript.Ended)
            {
                try
                {
                    _socket ??= await ConnectAsync(cancellationToken);
                    await AskAsync(_socket, text);
                    await ReadAsync(_socket, text, cancellationToken);
                }
                catch (Exception e) when (e is WebSocketException or IOException)
                {
                    _closeCodes.Add((int?)_socket?.CloseStatus ?? 1006);
                    await LeaveAsync();
                    await Task.Delay(_comeBackAfter, time, cancellationToken);
                    _comeBackAfter = TimeSpan.Zero;
                    Reconnects++;
                }
            }
        }
        finally
        {
            _begun.TrySetResult();
            await LeaveAsync();
        }
    }

    private async Task<JsonSocket> ConnectAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (true)
        {
            try
            {
                return await JsonSocket.ConnectOnceAsync(
                    servers[_server % servers.Count], $"/ws/v1?user_id={Uri.EscapeDataString(userId)}", "streamchat.v1");
            }
            catch (Exception e) when (e is WebSocketException or IOException)
            {
                if (++_server % servers.Count == 0)
                {
                    await Task.Delay(pause, time, cancellationToken);
                    pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                }
            }
        }
    }

    // until it is accepted, the same request again with the same id: it starts nothing new
    private Task AskAsync(JsonSocket socket, string text) => socket.SendAsync(Transcript.ThreadId is null
        ? JsonSerializer.Serialize(new { type = "run", runId = Transcript.RunId, messages = new[] { new { role = "user", content = text } } })
        : JsonSerializer.Serialize(new { type = "attach", runId = Transcript.RunId, attempt = Transcript.Attempt, afterSeq = Transcript.LastSeq }));

    private async Task ReadAsync(JsonSocket socket, string text, CancellationToken cancellationToken)
    {
        while (!Transcript.Ended)
        {
            var frame = await socket.ReceiveAsync();
            switch (JsonSocket.TypeOf(frame))
            {
                case "reconnect":
                    _comeBackAfter = TimeSpan.FromMilliseconds(frame.GetProperty("afterMs").GetInt64());
                    break;
                case "status":
                    _statuses.Add(frame.TryGetProperty("reason", out var reason) ? reason.GetString()! : frame.GetProperty("state").GetString()!);
                    break;
                case "error" when frame.GetProperty("retryable").GetBoolean():
                    Refusals++;
                    await Task.Delay(LongestPause, time, cancellationToken);
                    await AskAsync(socket, text);
                    break;
                case var type:
                    Take(type!, frame);
                    break;
            }
        }
    }

    private void Take(string type, JsonElement frame)
    {
        if (type is "welcome" or "pong")
        {
            return;
        }

        var now = time.GetTimestamp();
        if (HasBegun && time.GetElapsedTime(_lastHeard, now) is var silence && silence > LongestSilence)
        {
            (LongestSilence, SilentFrom) = (silence, _lastHeard);
        }

        _lastHeard = now;
        Transcript.Add(frame);
        if (HasBegun)
        {
            _begun.TrySetResult();
        }
    }

    private async Task LeaveAsync()
    {
        if (_socket is not null)
        {
            await _socket.DisposeAsync();
            _socket = null;
        }
    }
}
