using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Hands on what a client's own tool returned; the run's events tell what came of it.</summary>
internal sealed class ToolResultHandler(RunStarter runs) : RequestHandler<ToolResultRequest>
{
    protected override async ValueTask HandleAsync(RequestContext context, ToolResultRequest request)
    {
        if (await runs.AnswerAsync(context.Connection, request.RunId, request.ToolCallId, request.Content, request.IsError) is { } refusal)
        {
            context.Refuse(new Fault(refusal.Code, refusal.Message, refusal.Retryable, refusal.RunId) { Request = request });
        }
    }
}
