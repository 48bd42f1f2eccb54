namespace StreamChat.Gateway.Requests.Middleware;

/// <summary>Counts requests and times them.</summary>
internal sealed class MetricsMiddleware(GatewayTelemetry telemetry, TimeProvider time) : IRequestMiddleware
{
    public async ValueTask InvokeAsync(RequestContext context, RequestStep next)
    {
        var started = time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            telemetry.Request(context.Connection.Dialect.Name, context.Frame.GetType().Name, context.Outcome, time.GetElapsedTime(started));
        }
    }
}
