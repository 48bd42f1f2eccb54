using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Starts a run and waits until this connection has seen its end.</summary>
internal sealed class RunHandler(RunStarter runs) : RequestHandler<RunRequest>
{
    protected override async ValueTask HandleAsync(RequestContext context, RunRequest request)
    {
        var started = await runs.StartAsync(context.Connection, new RunInput
        {
            RunId = request.RunId,
            ThreadId = request.ThreadId,
            RoomId = request.RoomId,
            Messages = request.Messages,
            Tools = request.Tools,
            Context = request.Context,
            State = request.State,
            ForwardedProps = request.ForwardedProps,
            Agent = request.Agent,
            Personality = request.Personality,
            UseTools = request.UseTools,
            Tag = request,
        });
        if (started.Refusal is { } refusal)
        {
            context.Refuse(new Fault(refusal.Code, refusal.Message, refusal.Retryable, request.RunId ?? refusal.RunId) { Request = request });
            return;
        }

        await context.Connection.Runs.WhenEndedAsync(started.RunId);
    }
}
