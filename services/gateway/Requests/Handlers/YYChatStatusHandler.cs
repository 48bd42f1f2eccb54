using StreamChat.Gateway.Cluster;
using StreamChat.Gateway.Dialects.YYChat;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Tells how many speak the protocol.</summary>
internal sealed class YYChatStatusHandler(IClusterNumbers numbers) : RequestHandler<StatusRequest>
{
    protected override ValueTask HandleAsync(RequestContext context, StatusRequest request)
    {
        context.Connection.Send(new StatusAnswered(numbers.Of(YYChatDialect.DialectName)));
        return ValueTask.CompletedTask;
    }
}
