using Microsoft.Extensions.Options;
using StreamChat.Gateway.Cluster;
using StreamChat.Gateway.Dialects.YYChat;
using StreamChat.Gateway.Requests;

namespace StreamChat.Gateway.Http;

/// <summary>What YYChat's clients ask over plain HTTP.</summary>
internal static class YYChatEndpoints
{
    private const string Success = "success";

    public static void MapYYChat(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/ws/status", (IClusterNumbers numbers, IOptions<YYChatOptions> options, TimeProvider time) => Results.Json(
            new YYChatReply<YYChatStatus>(Success, YYChatStatus.Of(numbers.Of(YYChatDialect.DialectName), options.Value.Connections, time.GetUtcNow())),
            HttpJson.Default.YYChatReplyYYChatStatus));
        endpoints.MapGet("/ws/handlers", (RequestHandlers handlers, YYChatDialect dialect) => Results.Json(
            new YYChatReply<HandlerList>(Success, new HandlerList(handlers.Of(dialect).ToDictionary(), [.. RequestPipeline.Order.Select(m => m.Name)])),
            HttpJson.Default.YYChatReplyHandlerList));
    }
}
