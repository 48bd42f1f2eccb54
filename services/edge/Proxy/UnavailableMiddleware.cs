using Yarp.ReverseProxy.Forwarder;

namespace StreamChat.Edge.Proxy;

/// <summary>
/// Says in words what the proxy says by a bare status: 503 while every gateway stops, 502 and 504 when the chosen one failed
/// before it answered. All are worth another try, and the answer says when.
/// </summary>
internal sealed class UnavailableMiddleware(RequestDelegate next)
{
    /// <summary>About the time until the next probe; a client's own backoff takes over from there.</summary>
    private const string RetryAfterSeconds = "2";

    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        if ((context.Features.Get<IForwarderErrorFeature>() is null && !DrainingGateway.Refused(context)) || context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        var response = context.Response;
        if (response.StatusCode is not (StatusCodes.Status502BadGateway or StatusCodes.Status503ServiceUnavailable or StatusCodes.Status504GatewayTimeout))
        {
            return;
        }

        response.Headers.RetryAfter = RetryAfterSeconds;
        EdgeAnswers.MakeReadable(response);
        await EdgeAnswers.WriteAsync(response, response.StatusCode, "unavailable", "The chat service cannot be reached at the moment. Please try again.", retryable: true);
    }
}
