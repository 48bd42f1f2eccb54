using StreamChat.Gateway.Dialects;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Starts a run; the request is served when it has ended.</summary>
internal sealed class RunHandler(RunServing runs) : RequestHandler<RunRequest>
{
    protected override ValueTask HandleAsync(RequestContext context, RunRequest request) => runs.ServeAsync(context, request);
}
