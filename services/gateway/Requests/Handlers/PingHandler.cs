using StreamChat.Gateway.Dialects;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Answers a ping.</summary>
internal sealed class PingHandler : RequestHandler<PingRequest>
{
    protected override ValueTask HandleAsync(RequestContext context, PingRequest request)
    {
        context.Connection.Send(new Pong(request.Id));
        return ValueTask.CompletedTask;
    }
}
