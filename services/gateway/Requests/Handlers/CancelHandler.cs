using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Stops one run; its end tells.</summary>
internal sealed class CancelHandler(RunStarter runs) : RequestHandler<CancelRequest>
{
    protected override async ValueTask HandleAsync(RequestContext context, CancelRequest request)
    {
        if (await runs.CancelAsync(context.Connection, request.RunId, request.ThreadId) is { } refusal)
        {
            context.Refuse(new Fault(refusal.Code, refusal.Message, refusal.Retryable, refusal.RunId) { Request = request });
        }
    }
}
