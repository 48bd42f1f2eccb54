using Microsoft.Extensions.Options;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Stops all that a connection asked for, what waits included, and says so when it has stopped.</summary>
internal sealed class CancelAllHandler(RunStarter runs, IOptions<LimitsOptions> limits, TimeProvider time) : RequestHandler<CancelAllRequest>
{
    protected override async ValueTask HandleAsync(RequestContext context, CancelAllRequest request)
    {
        var connection = context.Connection;
        connection.Turns.CancelAll();
        var running = connection.Runs.All();
        await Task.WhenAll(running.Select(runId => runs.CancelAsync(connection, runId)));
        try
        {
            await Task.WhenAll(running.Select(connection.Runs.WhenEndedAsync)).WaitAsync(limits.Value.CancelTimeout, time, context.Stopping);
        }
        catch (TimeoutException)
        {
            // whoever runs it will stop it; this connection hears no more of it
            foreach (var runId in running)
            {
                runs.Leave(connection, runId);
            }
        }

        connection.Send(new AllCancelled());
    }
}
