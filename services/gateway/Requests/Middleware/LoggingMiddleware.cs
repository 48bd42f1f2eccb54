using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests.Middleware;

/// <summary>Logs each request, never its words, and turns what fails unexpectedly into an internal error.</summary>
internal sealed partial class LoggingMiddleware(ILogger<LoggingMiddleware> logger) : IRequestMiddleware
{
    public async ValueTask InvokeAsync(RequestContext context, RequestStep next)
    {
        try
        {
            await next(context);
            LogServed(context.Connection.Id, context.Frame.GetType().Name, context.Outcome);
        }
        catch (OperationCanceledException) when (context.Stopping.IsCancellationRequested)
        {
            // nobody waits for it any more
        }
        catch (Exception e)
        {
            LogFailed(context.Connection.Id, context.Frame.GetType().Name, e);
            context.Refuse(FaultCodes.Internal, "Something went wrong on our side. Please try again.", retryable: true);
        }
    }

    [LoggerMessage(1301, LogLevel.Error, "A request of connection {ConnectionId} failed: {Request}.")]
    private partial void LogFailed(string connectionId, string request, Exception exception);

    [LoggerMessage(1302, LogLevel.Debug, "Connection {ConnectionId}: {Request}, {Outcome}.")]
    private partial void LogServed(string connectionId, string request, string outcome);
}
