using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests;

/// <summary>How any handler starts a run.</summary>
internal static class RunServing
{
    /// <summary>Starts a run and waits until this connection has seen its end, or refuses it.</summary>
    /// <param name="runs">Starts runs.</param>
    /// <param name="context">The request that it comes of.</param>
    /// <param name="request">The run.</param>
    public static async ValueTask ServeAsync(this RunStarter runs, RequestContext context, RunRequest request)
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
