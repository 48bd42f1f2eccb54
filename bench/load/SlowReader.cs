using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;
using StreamChat.Load.Dialects;
using StreamChat.Load.Links;

namespace StreamChat.Load;

/// <summary>
/// A user who asks for a long answer and reads it slowly, until the server has enough of it or the load is over. Then it comes back as
/// a client would, attaches after the last event that it has seen, and reads to the end: nothing may be missing. Native dialect only.
/// </summary>
internal sealed class SlowReader : IDisposable
{
    /// <summary>So that what is not read waits at the server instead of in a buffer of ours.</summary>
    private const int KernelBuffer = 4096;

    /// <summary>
    /// The bytes of a segment, as on a real network. Loopback's are 64 KiB, by which the kernel sizes the buffer that it sends from:
    /// 2.3 MB of an answer would wait there, and the server would not notice at all.
    /// </summary>
    private const int SegmentSize = 1400;

    private const int MostAttaches = 20;

    private const int TcpLevel = 6;
    private const int TcpMaxSegment = 2;

    private readonly LoadOptions _options;
    private readonly TimeProvider _time;
    private readonly LoadSocket _socket;
    private readonly LoadTurn _turn;
    private readonly Uri _address;

    public SlowReader(int number, LoadOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _socket = new(options.SlowRate > 0 ? new ReadingPace(options.SlowRate, time) : null);
        _turn = new(options.Dialect, options.SlowTokens, time);
        _address = options.AddressOf(string.Create(CultureInfo.InvariantCulture, $"slow-{number}"));
    }

    /// <summary>What became of it; null until then.</summary>
    public SlowReport? Report { get; private set; }

    /// <summary>Makes the handler for sockets that keep little back.</summary>
    public static SocketsHttpHandler Handler() => new()
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                // both are told to the peer when it is connected
                socket.ReceiveBufferSize = KernelBuffer;
                socket.SetRawSocketOption(TcpLevel, TcpMaxSegment, BitConverter.GetBytes(SegmentSize));
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    public Task ConnectAsync(HttpMessageInvoker invoker, CancellationToken cancellationToken) =>
        _socket.ConnectAsync(_address, _options.Dialect.SubProtocol, invoker, cancellationToken);

    /// <summary>Asks, reads slowly, comes back.</summary>
    /// <param name="invoker">For coming back, at full speed.</param>
    /// <param name="over">The load is over: no more slowness.</param>
    /// <param name="cancellationToken">All must have ended.</param>
    public async Task RunAsync(HttpMessageInvoker invoker, CancellationToken over, CancellationToken cancellationToken)
    {
        var started = _turn.SentAt = _time.GetTimestamp();
        var outcome = await ReadAsync(_socket, j => _options.Dialect.WriteRequest(j, _turn.RunId, _options.SlowPrompt), over);
        var report = new SlowReport
        {
            Outcome = outcome,
            CloseCode = (int?)_socket.CloseStatus,
            Seconds = SecondsSince(started),
            Bytes = _turn.Bytes,
            Tokens = _turn.Sequence.Received,
        };
        if (outcome != SlowOutcome.Ended)
        {
            _socket.Dispose();
            report = await ComeBackAsync(report, invoker, cancellationToken);
        }

        Report = report with
        {
            Failure = _turn.Failure,
            Lost = _turn.Sequence.Lost,
            Duplicated = _turn.Sequence.Duplicated,
            OutOfOrder = _turn.Sequence.OutOfOrder,
            Malformed = _turn.Malformed + _turn.Sequence.Unexpected,
        };
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Comes back until all is read: it may be closed again in the middle of what it missed.</summary>
    private async Task<SlowReport> ComeBackAsync(SlowReport report, HttpMessageInvoker invoker, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var bytesBefore = _turn.Bytes;
        do
        {
            var (outcome, code) = await AttachAsync(invoker, cancellationToken);
            report = report with { Attaches = report.Attaches + 1, Attach = outcome, AttachCloseCode = code };
        }
        while (report.Attach is SlowOutcome.Closed or SlowOutcome.CutOff && report.Attaches < MostAttaches);

        return report with { AttachSeconds = SecondsSince(started), AttachBytes = _turn.Bytes - bytesBefore };
    }

    private async Task<(SlowOutcome Outcome, int? CloseCode)> AttachAsync(HttpMessageInvoker invoker, CancellationToken cancellationToken)
    {
        using var socket = new LoadSocket();
        try
        {
            await socket.ConnectAsync(_address, _options.Dialect.SubProtocol, invoker, cancellationToken);
            return (await ReadAsync(socket, j => NativeDialect.WriteAttach(j, _turn.RunId, _turn.LastSeq), cancellationToken), (int?)socket.CloseStatus);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // not let in again: the report says so
            return (SlowOutcome.CutOff, null);
        }
    }

    private async Task<SlowOutcome> ReadAsync(
        LoadSocket socket, Action<Utf8JsonWriter> request, CancellationToken cancellationToken)
    {
        try
        {
            await socket.SendAsync(request, cancellationToken);
            return await _turn.FollowAsync(socket, cancellationToken) ? SlowOutcome.Ended : SlowOutcome.Closed;
        }
        catch (OperationCanceledException)
        {
            return SlowOutcome.Open;
        }
        catch (WebSocketException)
        {
            return cancellationToken.IsCancellationRequested ? SlowOutcome.Open : SlowOutcome.CutOff;
        }
    }

    private double SecondsSince(long timestamp) => Math.Round(_time.GetElapsedTime(timestamp).TotalSeconds, 3);
}
