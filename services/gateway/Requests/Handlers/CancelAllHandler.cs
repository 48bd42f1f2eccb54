using Microsoft.Extensions.Options;
using StreamChat.Gateway.Dialects;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>
/// Stops all that a connection asked for, what waits included, and says so when it has stopped: each request under way lets go by
/// itself, and what is asked from now on comes after the word.
/// </summary>
internal sealed class CancelAllHandler(IOptions<LimitsOptions> limits, TimeProvider time) : RequestHandler<CancelAllRequest>
{
    protected override async ValueTask HandleAsync(RequestContext context, CancelAllRequest request)
    {
        var connection = context.Connection;
        if (connection.Turns.CancelAll() is not { } turn)
        {
            return;
        }

        try
        {
            await turn.WaitAsync(limits.Value.CancelTimeout, time, context.Stopping);
        }
        catch (TimeoutException)
        {
            // it was told to stop, and nothing of it is shown any more
        }

        for (var cancels = connection.Turns.TakeCancels(); cancels > 0; cancels--)
        {
            connection.Send(new AllCancelled());
        }

        await turn;
        connection.Turns.Leave();
    }
}
