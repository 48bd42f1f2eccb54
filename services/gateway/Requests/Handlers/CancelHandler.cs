using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Stops one run; its end tells.</summary>
internal sealed class CancelHandler(RunStarter runs) : RequestHandler<CancelRequest>
{
    protected override async ValueTask HandleAsync(RequestContext context, CancelRequest request)
    {
        // for a run that no connection here sees, a cancel costs a question and perhaps a row; the answer does not tell whether the run exists
        context.FoundNothing = !runs.Knows(request.RunId);
        if (await runs.CancelAsync(context.Connection, request.RunId, request.ThreadId) is { } refusal)
        {
            context.Refuse(new Fault(refusal.Code, refusal.Message, refusal.Retryable, refusal.RunId) { Request = request });
        }
    }
}
