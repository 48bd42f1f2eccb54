using System.Diagnostics;
using Microsoft.Extensions.Options;
using StreamChat.Gateway.Connections.Handshakes;
using StreamChat.Gateway.Connections.Sockets;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Limits;
using StreamChat.Gateway.Requests;
using StreamChat.Gateway.Rooms;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Connections;

/// <summary>The handshake: decides who may connect, then serves the connection until it ends.</summary>
internal sealed partial class WebSocketEndpoint(
    HandshakeChecks checks, ConnectionRegistry registry, BrokerStatus status, GatewayIdentity identity, RequestPipeline requests, RunStarter runs, RoomDirectory rooms,
    IOptions<LimitsOptions> limits, UnreadBytes unread, LargeFrames large,
    IIdGenerator ids, TimeProvider time, GatewayTelemetry telemetry, ILogger<Connection> logger)
{
    public async Task ServeAsync(HttpContext context, IDialect dialect)
    {
        var handshake = new Handshake(context, dialect);
        if (checks.Run(handshake) is { } refusal)
        {
            telemetry.Refused(refusal);
            await refusal.WriteAsync(context);
            return;
        }

        using (handshake.Place)
        {
            await AcceptAsync(handshake);
        }
    }

    private async Task AcceptAsync(Handshake handshake)
    {
        var (context, dialect, caller) = (handshake.Context, handshake.Dialect, handshake.Caller!);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = handshake.SubProtocol,
            KeepAliveInterval = limits.Value.Heartbeat,
            KeepAliveTimeout = limits.Value.Heartbeat > TimeSpan.Zero ? limits.Value.HeartbeatTimeout : Timeout.InfiniteTimeSpan,
        });
        var start = new SessionStart(identity.NextConnectionId(), caller.UserId, handshake.Parameters(), ids) { OpenedAt = time.GetUtcNow(), Address = context.Connection.RemoteIpAddress };
        using var connection = new Connection(
            start, caller, handshake.Place!, dialect, socket, context.Features.Get<GatheredStream>(), Activity.Current?.Context ?? default, requests, () => status.Current, limits.Value, unread, large, time, telemetry, logger);
        registry.Add(connection);
        telemetry.Opened(dialect.Name);
        LogOpened(connection.Id, dialect.Name);
        var reason = CloseReason.Failed;
        try
        {
            reason = await connection.RunAsync(context.RequestAborted);
        }
        finally
        {
            rooms.Leave(connection);
            runs.Leave(connection);
            registry.Remove(connection);
            telemetry.Closed(connection.Dialect.Name, reason.Name);
            LogClosed(connection.Id, reason.Name);
        }
    }

    [LoggerMessage(1401, LogLevel.Debug, "Connection {ConnectionId} is open, dialect {Dialect}.")]
    private partial void LogOpened(string connectionId, string dialect);

    [LoggerMessage(1402, LogLevel.Debug, "Connection {ConnectionId} has ended: {Reason}.")]
    private partial void LogClosed(string connectionId, string reason);
}
