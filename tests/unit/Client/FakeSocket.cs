using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using StreamChat.Client.Connections;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.UnitTests.Client;

/// <summary>A socket whose other end is the test.</summary>
internal sealed class FakeSocket(int refusedWith = 0, TimeSpan? retryAfter = null) : IClientSocket
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Channel<byte[]?> _incoming = Channel.CreateUnbounded<byte[]?>();
    private readonly Channel<JsonElement> _outgoing = Channel.CreateUnbounded<JsonElement>();
    private int _said;
    private int _received;
    private volatile int _taken;

    public string? Token { get; private set; }

    public Uri? Address { get; private set; }

    public bool SaidGoodbye { get; private set; }

    public bool IsDisposed { get; private set; }

    public bool AnswersPings { get; set; } = true;

    public int Pings { get; private set; }

    public int? CloseCode { get; private set; }

    public Task ConnectAsync(Uri address, string? token, CancellationToken cancellationToken)
    {
        (Address, Token) = (address, token);
        return refusedWith == 0 ? Task.CompletedTask : throw new HandshakeException(refusedWith, retryAfter, new IOException());
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        var json = JsonElement.Parse(frame.Span);
        if (json.GetProperty("type").GetString() != "ping")
        {
            _outgoing.Writer.TryWrite(json);
            return ValueTask.CompletedTask;
        }

        Pings++;
        if (AnswersPings)
        {
            Say("""{"type":"pong","timestamp":1}""");
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellationToken)
    {
        // who asks for the next one is done with those before
        _taken = _received;
        var frame = await _incoming.Reader.ReadAsync(cancellationToken);
        _received++;
        return frame is null ? (ReadOnlyMemory<byte>?)null : frame;
    }

    public Task CloseAsync(CancellationToken cancellationToken)
    {
        SaidGoodbye = true;
        return Task.CompletedTask;
    }

    public void Dispose() => IsDisposed = true;

    public void Say(string frame)
    {
        Interlocked.Increment(ref _said);
        _incoming.Writer.TryWrite(System.Text.Encoding.UTF8.GetBytes(frame));
    }

    public void Welcome() => Say("""{"type":"welcome","connectionId":"a.1","userId":"ada","heartbeatSeconds":30}""");

    public void Accept(Guid runId, string threadId = "t") =>
        Say($$"""{"type":"accepted","runId":"{{runId}}","threadId":"{{threadId}}","traceId":"{{new string('f', 32)}}"}""");

    public void Refuse(Guid runId, string code, bool retryable) =>
        Say($$"""{"type":"error","code":"{{code}}","message":"No.","retryable":{{(retryable ? "true" : "false")}},"runId":"{{runId}}"}""");

    /// <summary>The server closes with a code, or without one the connection breaks.</summary>
    public void Break(int? code = null)
    {
        CloseCode = code;
        _incoming.Writer.TryWrite(null);
    }

    /// <summary>The next frame that the client sends, pings aside.</summary>
    public async Task<JsonElement> SentAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        return await _outgoing.Reader.ReadAsync(deadline.Token);
    }

    /// <summary>The next frame that the client has sent, if there is one.</summary>
    public bool TrySent(out JsonElement frame) => _outgoing.Reader.TryRead(out frame);

    /// <summary>The next frame, as its type and what it is about.</summary>
    public async Task<string> SentInShortAsync()
    {
        var frame = await SentAsync();
        var about = frame.TryGetProperty("runId", out var run) ? run : frame.TryGetProperty("threadId", out var thread) ? thread : default;
        return $"{frame.GetProperty("type")} {about}";
    }

    /// <summary>Whether the client has sent nothing more.</summary>
    public bool HasSentAll => !_outgoing.Reader.TryPeek(out _);

    /// <summary>Waits until the client has taken all that was said.</summary>
    public Task TakenAsync() => Eventually.TrueAsync(() => _taken == Volatile.Read(ref _said));
}

/// <summary>Says the events of a run with rising <c>seq</c>.</summary>
internal sealed class FakeRun(FakeSocket socket, Guid runId, int attempt = 1, long afterSeq = 0)
{
    private long _seq = afterSeq;

    public FakeRun Say(string type, object? fields = null, long? fromSeq = null)
    {
        var json = fields is null ? [] : JsonSerializer.SerializeToNode(fields)!.AsObject();
        var frame = new JsonObject { ["type"] = type, ["runId"] = runId, ["seq"] = ++_seq };
        if (attempt > 1)
        {
            frame["attempt"] = attempt;
        }

        if (fromSeq is { } from)
        {
            frame["fromSeq"] = from;
        }

        foreach (var (name, value) in json)
        {
            frame[name] = value?.DeepClone();
        }

        socket.Say(frame.ToJsonString());
        return this;
    }

    public FakeRun Start(string threadId = "t", int? keepMessages = null) =>
        Say("RUN_STARTED", keepMessages is { } keep ? new { threadId, keepMessages = keep } : new { threadId })
            .Say("TEXT_MESSAGE_START", new { messageId = "m1", role = "assistant" });

    public FakeRun Text(string delta, string messageId = "m1") => Say("TEXT_MESSAGE_CONTENT", new { messageId, delta });

    public FakeRun Skip(int events = 1)
    {
        _seq += events;
        return this;
    }

    public FakeRun Finish() =>
        Say("TEXT_MESSAGE_END", new { messageId = "m1" }).Say("RUN_FINISHED", new { threadId = "t", result = new { model = "demo", outputTokens = 3 } });

    public FakeRun Fail(string code) => Say("RUN_ERROR", new { code, message = "No." });
}
