using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Stops one run; its end tells.</summary>
internal sealed class CancelHandler(RunStarter runs) : RequestHandler<CancelRequest>
{
    protected override async ValueTask HandleAsync(RequestContext context, CancelRequest request)
    {
        // a run that nobody here sees costs a question and perhaps a row; whether it is there is not answered
        context.FoundNothing = !runs.Knows(request.RunId);
        if (await runs.CancelAsync(context.Connection, request.RunId, request.ThreadId) is { } refusal)
        {
            context.Refuse(new Fault(refusal.Code, refusal.Message, refusal.Retryable, refusal.RunId) { Request = request });
        }
    }
}
