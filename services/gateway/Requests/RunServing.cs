using Microsoft.Extensions.Options;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests;

/// <summary>How any handler starts a run and waits until its connection has seen the end. Cancelled meanwhile, it stops the run first.</summary>
internal sealed class RunServing(RunStarter runs, IOptions<LimitsOptions> limits, TimeProvider time)
{
    /// <summary>Serves a run.</summary>
    /// <param name="context">The request that it comes of.</param>
    /// <param name="request">The run.</param>
    public ValueTask ServeAsync(RequestContext context, RunRequest request) =>
        // in two steps, so that waiting for the end of the run does not keep its content in memory
        WaitAsync(context, StartAsync(context.Connection, request), request.WithoutContent());

    private async ValueTask WaitAsync(RequestContext context, Task<RunStart> starting, RunRequest request)
    {
        var connection = context.Connection;
        var started = await starting;
        if (started.Refusal is { } refusal)
        {
            context.Refuse(new Fault(refusal.Code, refusal.Message, refusal.Retryable, request.RunId ?? refusal.RunId) { Request = request });
            context.Published();
            if (context.IsCancelled && refusal.RunId is { } runId)
            {
                // it may have been stored all the same
                await runs.CancelAsync(connection, runId);
            }

            return;
        }

        context.Published();
        try
        {
            await connection.Runs.WhenEndedAsync(started.RunId).WaitAsync(context.Stopping);
        }
        catch (OperationCanceledException) when (context.IsCancelled)
        {
            await StopAsync(connection, started.RunId);
        }
    }

    private Task<RunStart> StartAsync(IClientConnection connection, RunRequest request) => runs.StartAsync(connection, new RunInput
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
        Model = request.Model,
        Personality = request.Personality,
        WhenBusy = request.WhenBusy,
        UseTools = request.UseTools,

        // kept by the session while the run goes on
        Tag = request.WithoutContent(),
    });

    private async Task StopAsync(IClientConnection connection, Guid runId)
    {
        await runs.CancelAsync(connection, runId);
        try
        {
            await connection.Runs.WhenEndedAsync(runId).WaitAsync(limits.Value.CancelTimeout, time);
        }
        catch (TimeoutException)
        {
            // whoever runs it will stop it; this connection hears no more of it
            runs.Leave(connection, runId);
        }
    }
}
