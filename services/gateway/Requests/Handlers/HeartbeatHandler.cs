using StreamChat.Gateway.Dialects.YYChat;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Answers a heartbeat.</summary>
internal sealed class HeartbeatHandler : RequestHandler<HeartbeatRequest>
{
    protected override ValueTask HandleAsync(RequestContext context, HeartbeatRequest request)
    {
        context.Connection.Send(new HeartbeatAnswered());
        return ValueTask.CompletedTask;
    }
}
