using System.Diagnostics;
using System.Net;
using StreamChat.Contracts.Events;
using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Connections;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Session;
using StreamChat.Gateway.Requests;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Http.EventStreams;

/// <summary>
/// One question and its answer over plain HTTP. To requests and runs it is a connection like any other; it ends with the answer,
/// or before it when its client is too slow, and can then be gone on with.
/// </summary>
internal sealed partial class EventStream : IClientConnection, IDisposable
{
    private readonly SessionQuery? _query;
    private readonly EventStreamSession _session;
    private readonly OutboundQueue _outbound;
    private readonly ITimer? _heartbeat;
    private readonly GatewayTelemetry _telemetry;
    private readonly ILogger _logger;

    public EventStream(
        SessionStart start, Caller caller, SessionDialect dialect, SessionQuery? query, EventStreamPosition? cutOff, ActivityContext handshake, LimitsOptions limits,
        TimeProvider time, GatewayTelemetry telemetry, ILogger logger, CancellationToken ended)
    {
        Id = start.ConnectionId;
        UserId = start.UserId;
        Caller = caller;
        Dialect = dialect;
        Handshake = handshake;
        OpenedAt = time.GetUtcNow();
        Address = start.Address;
        Liveness = new Liveness(time);
        Turns = new TurnQueue(capacity: 0, ended);
        _query = query;
        _telemetry = telemetry;
        _logger = logger;
        _session = new EventStreamSession(() => dialect.NewSession(start), cutOff);
        _outbound = new OutboundQueue(_session, Dialect.Pacing, OutboundBounds.Of(limits), time, telemetry);
        _heartbeat = limits.Heartbeat > TimeSpan.Zero ? time.CreateTimer(_ => Send(new HeartbeatDue()), null, limits.Heartbeat, limits.Heartbeat) : null;
    }

    public string Id { get; }

    public string UserId { get; }

    public IDialect Dialect { get; }

    public Caller Caller { get; private set; }

    public ActivityContext Handshake { get; }

    public ConnectionRuns Runs { get; } = new();

    public ConnectionThreads Threads { get; } = new();

    public bool HasRoom => _outbound.HasRoom(OutboundBounds.Held);

    public bool IsDrained => _outbound.HasRoom(OutboundBounds.Drained);

    public IPAddress? Address { get; }

    public DateTimeOffset OpenedAt { get; }

    public Liveness Liveness { get; }

    public TurnQueue Turns { get; }

    // a stream that is gone on with has asked for nothing, but what the client wants to see stands in its address again
    public void OnOpened(Guid runId, string threadId, string? roomId, object? tag) => Send(new RunOpened(runId, threadId, roomId, _query));

    public void OnAccepted(Guid runId, string threadId, string? traceId) => Send(new Accepted(runId, threadId, traceId));

    public void OnText(in RunText text)
    {
        try
        {
            // refused when it is full, which ends the stream
            _outbound.TryAddText(text);
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    public void OnRunEvent(Guid runId, int attempt, RunEvent runEvent) => Send(new RunOutput(runId, attempt, runEvent));

    public void OnPutOut(string threadId)
    {
        // it joins none
    }

    // cut off; who comes back goes on from the position that it has
    public void OnLost(Guid runId, RunRefusal refusal) => _outbound.Complete();

    public void Renew(Caller caller) => Caller = caller;

    public void Send(ServerEvent serverEvent)
    {
        if (serverEvent is Fault fault)
        {
            _telemetry.Fault(fault.Code);
        }

        try
        {
            // refused when it is full, which ends the stream
            if (_outbound.TryAdd(serverEvent) && serverEvent is Fault or RunOutput { Event: RunFinished or RunError })
            {
                _outbound.Complete();
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    public void CountBadFrame(bool isLast = false)
    {
        // there is one question, and after its error the stream ends
    }

    /// <summary>Writes until the stream has ended.</summary>
    public async Task WriteAsync(System.IO.Pipelines.PipeWriter body, CancellationToken cancellationToken)
    {
        var spare = new OutboundFrames();
        await using var gone = cancellationToken.UnsafeRegister(static queue => ((OutboundQueue)queue!).Complete(), _outbound);
        try
        {
            while (await _outbound.TakeAsync(spare) is { } frames)
            {
                for (var i = 0; i < frames.Count; i++)
                {
                    await body.WriteAsync(frames[i], cancellationToken);
                }

                frames.Clear();
                spare = frames;
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
        finally
        {
            spare.Dispose();
        }
    }

    public void Dispose()
    {
        _heartbeat?.Dispose();
        _outbound.Dispose();
        _session.Dispose();
    }

    // a fault of the dialect ends this stream, and must not reach whoever has something to say to others as well
    private void Fail(Exception e)
    {
        LogFailed(Id, e);
        _outbound.Complete();
    }

    [LoggerMessage(1411, LogLevel.Error, "Event stream {ConnectionId} failed.")]
    private partial void LogFailed(string connectionId, Exception exception);
}
