using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests.Middleware;

/// <summary>In a protocol without request ids, lets a connection's turns wait for each other.</summary>
internal sealed class TurnMiddleware : IRequestMiddleware
{
    public async ValueTask InvokeAsync(RequestContext context, RequestStep next)
    {
        var connection = context.Connection;
        if (!context.Frame.IsTurn || !connection.Dialect.OneAtATime)
        {
            await next(context);
            return;
        }

        if (connection.Turns.TryEnter(out var stopping) is not { } turn)
        {
            context.Refuse(FaultCodes.TooManyRequests, "Too many requests wait on this connection. Please wait for an answer first.", retryable: true);
            return;
        }

        if (!turn.IsCompleted && context.Publishing?.TryQueue() == false)
        {
            _ = PassOnAsync(connection, turn);
            context.Refuse(FaultCodes.Busy, "Too much is waiting at the moment. Please try again in a moment.", retryable: true);
            return;
        }

        if (!await turn)
        {
            return;
        }

        try
        {
            context.Publishing?.Resume();

            // its turn may have come at the same moment as the cancel, or as the end of the connection
            context.Stopping = stopping;
            if (!stopping.IsCancellationRequested)
            {
                await next(context);
            }
        }
        finally
        {
            connection.Turns.Leave();
        }
    }

    // a request that was rejected keeps its place in the queue, and passes its turn on
    private static async Task PassOnAsync(IClientConnection connection, Task<bool> turn)
    {
        if (await turn)
        {
            connection.Turns.Leave();
        }
    }
}
