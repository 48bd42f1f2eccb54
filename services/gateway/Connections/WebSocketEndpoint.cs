using System.Diagnostics;
using Microsoft.Extensions.Options;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Requests;
using StreamChat.Gateway.Rooms;
using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Connections;

/// <summary>The handshake: decides who may connect, then serves the connection until it ends.</summary>
internal sealed partial class WebSocketEndpoint(
    ConnectionRegistry registry, GatewayIdentity identity, RequestPipeline requests, RunStarter runs, RoomDirectory rooms, IOptions<LimitsOptions> limits,
    IIdGenerator ids, TimeProvider time, GatewayTelemetry telemetry, ILogger<Connection> logger)
{
    private const int MaxUserIdLength = 128;
    private const string Anonymous = "anonymous";

    public async Task ServeAsync(HttpContext context, IDialect dialect)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            await RefuseAsync(context, StatusCodes.Status426UpgradeRequired, "This is a WebSocket endpoint.");
            return;
        }

        var offered = context.WebSockets.WebSocketRequestedProtocols;
        if (offered.Count > 0 && dialect.SubProtocol is { } protocol && !offered.Contains(protocol))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, $"The subprotocol here is {protocol}.");
            return;
        }

        if (FindUserId(context, dialect.UserId) is not { } userId)
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, $"A user id is needed, 1 to {MaxUserIdLength} characters.");
            return;
        }

        if (registry.Draining || !registry.TryReserve(limits.Value.Connections, out var place))
        {
            context.Response.Headers.RetryAfter = "5";
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "This server takes no more connections at the moment.");
            return;
        }

        using (place)
        {
            await AcceptAsync(context, dialect, userId, offered.Count > 0 ? dialect.SubProtocol : null);
        }
    }

    private async Task AcceptAsync(HttpContext context, IDialect dialect, string userId, string? subProtocol)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = subProtocol,
            KeepAliveInterval = limits.Value.Heartbeat,
            KeepAliveTimeout = limits.Value.Heartbeat > TimeSpan.Zero ? limits.Value.HeartbeatTimeout : Timeout.InfiniteTimeSpan,
        });
        var parameters = context.Request.Query.ToDictionary(p => p.Key, p => p.Value.LastOrDefault() ?? "", StringComparer.Ordinal);
        using var connection = new Connection(
            new SessionStart(identity.NextConnectionId(), userId, parameters, ids) { OpenedAt = time.GetUtcNow() }, dialect, socket, Activity.Current?.Context ?? default, requests, limits.Value, time, telemetry, logger);
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

    internal static string? FindUserId(HttpContext context, UserIdSource source)
    {
        var userId = source == UserIdSource.Path ? context.GetRouteValue("user_id") as string : context.Request.Query["user_id"].ToString();
        return string.IsNullOrEmpty(userId) ? (source == UserIdSource.OptionalQuery ? Anonymous : null)
            : userId.Length > MaxUserIdLength || userId.Any(char.IsControl) ? null
            : userId;
    }

    private async Task RefuseAsync(HttpContext context, int status, string message)
    {
        telemetry.Refused(status);
        await Results.Json(new Http.ErrorBody(message), Http.HttpJson.Plain.ErrorBody, statusCode: status).ExecuteAsync(context);
    }

    [LoggerMessage(1401, LogLevel.Debug, "Connection {ConnectionId} is open, dialect {Dialect}.")]
    private partial void LogOpened(string connectionId, string dialect);

    [LoggerMessage(1402, LogLevel.Debug, "Connection {ConnectionId} has ended: {Reason}.")]
    private partial void LogClosed(string connectionId, string reason);
}
