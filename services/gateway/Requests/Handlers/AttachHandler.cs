using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Shows a run from a position on; its events are the answer.</summary>
internal sealed class AttachHandler(RunAttacher runs) : RequestHandler<AttachRequest>
{
    protected override async ValueTask HandleAsync(RequestContext context, AttachRequest request)
    {
        // only rooms share what they own
        var threadId = request.ThreadId is { } thread && ThreadAccess.IsIn(context.Connection, thread) ? thread : null;
        var position = new RunPosition(request.RunId, threadId, request.Attempt, request.AfterSeq);
        if (await runs.AttachAsync(context.Connection, position, context.Stopping) is { } refusal)
        {
            context.Refuse(new Fault(refusal.Code, refusal.Message, refusal.Retryable, request.RunId) { Request = request });
        }
    }
}
