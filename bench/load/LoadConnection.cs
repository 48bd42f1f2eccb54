using System.Buffers;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace StreamChat.Load;

/// <summary>One user on one socket, who asks for one run and checks all that comes.</summary>
internal sealed class LoadConnection : IDisposable
{
    private const int LargestFrame = 1 << 20;

    private readonly int _number;
    private readonly LoadOptions _options;
    private readonly TimeProvider _time;
    private readonly ClientWebSocket _socket = new();
    private readonly string _runId;
    private readonly byte[] _runIdUtf8;
    private byte[] _buffer = new byte[4096];

    public LoadConnection(int number, LoadOptions options, TimeProvider time)
    {
        _number = number;
        _options = options;
        _time = time;
        _runId = Guid.CreateVersion7(time.GetUtcNow()).ToString();
        _runIdUtf8 = Encoding.ASCII.GetBytes(_runId);
        Sequence = new(options.Tokens);
        Delays = new(options.Tokens);
        _socket.Options.AddSubProtocol("streamchat.v1");
    }

    public SequenceCheck Sequence { get; }

    /// <summary>From the emission of each token to its receipt.</summary>
    public Recorder Delays { get; }

    /// <summary>From the request to the first token; empty when none came.</summary>
    public Recorder TimeToFirstToken { get; } = new(1);

    /// <summary>Timestamps of the first and the last token; null when none came.</summary>
    public (long First, long Last)? Tokens { get; private set; }

    /// <summary>Frames since the request.</summary>
    public long Frames { get; private set; }

    public int Malformed { get; private set; }

    /// <summary>Why the run did not end well; null when it did.</summary>
    public string? Failure { get; private set; }

    /// <summary>Opens the socket and waits for the server's welcome.</summary>
    public async Task ConnectAsync(HttpMessageInvoker invoker, CancellationToken cancellationToken)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"user_id=load-{_number}");
        var url = new UriBuilder(_options.Url);
        url.Query = url.Query.Length > 1 ? $"{url.Query}&{query}" : query;
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
        while (Frame.Read(_buffer.AsSpan(0, length), _runIdUtf8).Kind != FrameKind.Welcome);
    }

    /// <summary>Asks for the run and follows it to its end. Never throws for what the server does: see <see cref="Failure"/>.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(_options.Ramp * _number / _options.Connections, _time, cancellationToken);
            var sent = _time.GetTimestamp();
            await _socket.SendAsync(Request(), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            while (true)
            {
                var length = await ReceiveAsync(cancellationToken);
                if (length < 0)
                {
                    Failure = $"closed_{(int?)_socket.CloseStatus}";
                    return;
                }

                Frames++;
                if (IsEnd(_buffer.AsSpan(0, length), sent))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            Failure = "timeout";
        }
        catch (WebSocketException)
        {
            Failure = cancellationToken.IsCancellationRequested ? "timeout" : "disconnected";
        }
        catch (JsonException)
        {
            Failure = "not_json";
        }
        catch (InvalidDataException)
        {
            Failure = "frame_too_large";
        }
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

    private bool IsEnd(ReadOnlySpan<byte> utf8, long sent)
    {
        var frame = Frame.Read(utf8, _runIdUtf8);
        switch (frame.Kind)
        {
            case FrameKind.Content:
                AddTokens(frame.Delta, sent);
                return false;
            case FrameKind.Failed:
                Failure = frame.Code.IsEmpty ? "error" : Encoding.UTF8.GetString(frame.Code);
                return true;
            default:
                return frame.Kind == FrameKind.Finished;
        }
    }

    private void AddTokens(ReadOnlySpan<byte> delta, long sent)
    {
        var received = _time.GetTimestamp();
        var receivedMicroseconds = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var tokens = new TokenReader(delta);
        while (tokens.Read())
        {
            if (!Sequence.Add(tokens.Index))
            {
                continue;
            }

            Delays.Add(receivedMicroseconds - tokens.EmittedMicroseconds);
            if (Tokens is null)
            {
                TimeToFirstToken.Add((long)_time.GetElapsedTime(sent, received).TotalMicroseconds);
            }

            Tokens = (Tokens?.First ?? received, received);
        }

        Malformed += tokens.IsMalformed ? 1 : 0;
    }

    private ReadOnlyMemory<byte> Request()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("type", "run");
        json.WriteString("runId", _runId);
        json.WriteString("threadId", $"load-{_runId}");
        json.WriteStartArray("messages");
        json.WriteStartObject();
        json.WriteString("role", "user");
        json.WriteString("content", _options.Prompt);
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
