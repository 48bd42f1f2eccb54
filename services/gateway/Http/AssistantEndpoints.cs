using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Gateways;
using StreamChat.Gateway.Cluster;
using StreamChat.Gateway.Connections;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Dialects.Assistant;
using StreamChat.Gateway.Dialects.Native;

namespace StreamChat.Gateway.Http;

/// <summary>What the personal assistant's service tells and takes over HTTP. Counts and lists are of the whole cluster.</summary>
internal static class AssistantEndpoints
{
    /// <summary>The types of message of the assistant's protocol, which is what can be broadcast.</summary>
    private static readonly string[] MessageTypes =
        ["connect", "disconnect", "ping", "pong", "error", "chat", "notification", "command", "data", "ai_response", "ai_thinking", "ai_error"];

    // a broadcast goes to every connection of every gateway
    private const int BroadcastCost = 20;

    /// <summary>
    /// One address for people and programs, told apart by what they accept: the chat page, which speaks the native dialect, and the
    /// information that the assistant's clients read. When one of the two dialects is switched off, everybody gets the other's.
    /// </summary>
    public static void MapHome(this IEndpointRouteBuilder endpoints, DialectSwitches dialects)
    {
        var page = dialects.IsEnabled(NativeDialect.DialectName) ? endpoints.LoadPage("wwwroot/index.html") : null;
        if (!dialects.IsEnabled(AssistantDialect.DialectName))
        {
            if (page is not null)
            {
                endpoints.MapGet("/", (HttpContext context) => Pages.Serve(context, page)).OpenToNavigation().ExcludeFromDescription();
            }

            return;
        }

        Group(endpoints).MapGet("/", async (HttpContext context, ConnectionRegistry registry, IClusterNumbers cluster, AssistantRooms rooms) =>
            {
                context.Response.Headers.Vary = "Accept";
                return page is not null && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
                    ? Pages.Serve(context, page)
                    : HttpResults.Json(
                        new ServiceInformation("StreamChat", ServiceVersion.Text, registry.Draining ? "stopping" : "running", "/ws", cluster.OfAll().Connections, await rooms.CountAsync(context.RequestAborted)),
                        HttpJson.Plain.ServiceInformation);
            })
            .OpenToNavigation()
            .LimitRequests()
            .WithSummary("The chat page for browsers, information on the service for programs.")
            .Produces<ServiceInformation>();
    }

    public static void MapAssistant(this IEndpointRouteBuilder endpoints)
    {
        var testPage = endpoints.LoadPage("wwwroot/test/index.html");
        var group = Group(endpoints);
        group.MapGet("/test", (HttpContext context) => Pages.Serve(context, testPage)).OpenToOtherSites().ExcludeFromDescription();
        group.MapGet("/status", async (IClusterNumbers cluster, ClusterView view, AssistantRooms rooms, IOptions<LimitsOptions> limits, TimeProvider time, CancellationToken cancelled) => HttpResults.Json(
                new ServiceStatus(
                    cluster.OfAll().Connections,
                    await rooms.CountAsync(cancelled),
                    limits.Value.Heartbeat.TotalSeconds,
                    limits.Value.PongTimeout.TotalSeconds,
                    Math.Round((time.GetUtcNow() - view.StartedAt).TotalSeconds, 3)),
                HttpJson.Plain.ServiceStatus))
            .LimitRequests()
            .WithSummary("How many connections and rooms there are, and since when.")
            .Produces<ServiceStatus>();
        group.MapGet("/connections", async (ClusterQuestions cluster, CancellationToken cancelled) =>
            {
                var connections = (await cluster.ListConnectionsAsync(cancelled)).Select(Describe).ToList();
                return HttpResults.Json(new ConnectionList(connections.Count, connections), HttpJson.Plain.ConnectionList);
            })
            .RequireAdmin()
            .LimitRequests()
            .WithSummary("The open connections.")
            .Produces<ConnectionList>();
        group.MapGet("/rooms", async (AssistantRooms rooms, CancellationToken cancelled) =>
            {
                var listed = await rooms.ListAsync(cancelled);
                return HttpResults.Json(new ListedRooms(listed.Count, listed), HttpJson.Plain.ListedRooms);
            })
            .RequireAdmin()
            .LimitRequests()
            .WithSummary("The rooms, users' private ones included.")
            .Produces<ListedRooms>();
        group.MapPost("/broadcast", BroadcastAsync)
            .RequireAdmin()
            .LimitRequests(BroadcastCost)
            .WithSummary("Says something to the assistant's connections on every gateway: to a room, else to a user, else to all.")
            .WithDescription("Parameters message_type, content, room_id and user_id, in the query or as a JSON body; the query goes first.")
            .Accepts<BroadcastBody>(isOptional: true, "application/json")
            .Produces<BroadcastResult>()
            .Produces<ErrorBody>(StatusCodes.Status400BadRequest)
            .Produces<ValidationBody>(StatusCodes.Status422UnprocessableEntity);
    }

    private static RouteGroupBuilder Group(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGroup("").WithTags("Assistant").AddEndpointFilter<HttpExceptionFilter>();

    private static async Task<IResult> BroadcastAsync(
        HttpRequest request, ClusterQuestions cluster, [FromQuery(Name = "message_type")] string? type, [FromQuery(Name = "content")] string? text,
        [FromQuery(Name = "room_id")] string? roomId, [FromQuery(Name = "user_id")] string? userId, CancellationToken cancelled)
    {
        BroadcastBody? body = null;
        if (request.HasJsonContentType() && request.ContentLength is not 0)
        {
            try
            {
                body = await JsonSerializer.DeserializeAsync(request.Body, HttpJson.Plain.BroadcastBody, cancelled);
            }
            catch (JsonException)
            {
                return HttpResults.Invalid(ValidationBody.NotJson);
            }
        }

        type ??= body?.MessageType;
        if (type is null)
        {
            return HttpResults.Invalid(ValidationBody.Missing("query", "message_type"));
        }

        if ((text is null ? body?.Content : JsonSerializer.SerializeToElement(text, HttpJson.Plain.String)) is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } content)
        {
            return HttpResults.Invalid(ValidationBody.Missing("query", "content"));
        }

        if (!MessageTypes.Contains(type))
        {
            return HttpResults.Problem(StatusCodes.Status400BadRequest, $"发送消息失败: 无效的消息类型 (Invalid message type): {type}");
        }

        var (messageId, count) = await cluster.BroadcastAsync(type, content, Given(roomId, body?.RoomId), Given(userId, body?.UserId), cancelled);
        return HttpResults.Json(new BroadcastResult("success", "消息发送成功", count, messageId), HttpJson.Plain.BroadcastResult);

        static string? Given(string? inQuery, string? inBody) => string.IsNullOrEmpty(inQuery) ? (string.IsNullOrEmpty(inBody) ? null : inBody) : inQuery;
    }

    private static ListedConnection Describe(ConnectionDescription c) => new(
        c.Dialect == AssistantDialect.DialectName ? AssistantNames.Connection(c.ConnectionId, c.OpenedAt) : c.ConnectionId,
        new UserInformation(c.UserId, c.UserName ?? $"用户_{c.UserId}", null, null, ["user"], new Dictionary<string, string>()),
        "connected",
        IsoTime.Naive(c.OpenedAt),
        null,
        null,
        null,
        c.Dialect == AssistantDialect.DialectName ? [ThreadIds.PrivateRoomOf(c.UserId), .. c.Rooms] : c.Rooms,
        new ConnectionMetadata(c.Dialect, c.FramesSent));
}
