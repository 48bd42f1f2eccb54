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

        if (!await turn)
        {
            return;
        }

        try
        {
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
}
