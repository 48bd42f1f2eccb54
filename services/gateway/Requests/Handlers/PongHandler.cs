using StreamChat.Gateway.Dialects;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Notes that the client answers pings.</summary>
internal sealed class PongHandler : RequestHandler<PongRequest>
{
    protected override ValueTask HandleAsync(RequestContext context, PongRequest request)
    {
        context.Connection.Liveness.Ponged();
        return ValueTask.CompletedTask;
    }
}
