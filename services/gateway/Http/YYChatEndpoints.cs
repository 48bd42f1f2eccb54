using Microsoft.Extensions.Options;
using StreamChat.Gateway.Cluster;
using StreamChat.Gateway.Dialects.YYChat;
using StreamChat.Gateway.Requests;

namespace StreamChat.Gateway.Http;

/// <summary>What YYChat's service tells over HTTP.</summary>
internal static class YYChatEndpoints
{
    public static void MapYYChat(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("").WithTags("YYChat").LimitRequests();
        group.MapGet("/ws/status", (IClusterNumbers numbers, IOptions<YYChatOptions> options, TimeProvider time) => HttpResults.Json(
                YYChatReply<YYChatStatus>.Success(YYChatStatus.Of(numbers.Of(YYChatDialect.DialectName), options.Value.Connections, time.GetUtcNow())),
                HttpJson.Plain.YYChatReplyYYChatStatus))
            .WithSummary("How many YYChat connections there are in the whole cluster, and how many frames were sent to them.")
            .Produces<YYChatReply<YYChatStatus>>();
        group.MapGet("/ws/handlers", (RequestHandlers handlers, YYChatDialect dialect) => HttpResults.Json(
                YYChatReply<HandlerList>.Success(new HandlerList(handlers.Of(dialect).ToDictionary(), [.. RequestPipeline.Order.Select(m => m.Name)])),
                HttpJson.Plain.YYChatReplyHandlerList))
            .WithSummary("Which types of message YYChat clients may send, what handles each, and what every message passes before that.")
            .Produces<YYChatReply<HandlerList>>();
    }
}
