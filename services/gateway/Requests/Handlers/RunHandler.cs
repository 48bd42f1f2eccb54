using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Starts a run and waits until this connection has seen its end.</summary>
internal sealed class RunHandler(RunStarter runs) : RequestHandler<RunRequest>
{
    protected override ValueTask HandleAsync(RequestContext context, RunRequest request) => runs.ServeAsync(context, request);
}
