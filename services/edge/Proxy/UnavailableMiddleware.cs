using StreamChat.Edge.Gateways;
using StreamChat.Hosting.Http;
using Yarp.ReverseProxy.Forwarder;

namespace StreamChat.Edge.Proxy;

/// <summary>
/// Gives a body to what the proxy answers by a bare status: 503 while every gateway stops or the edge has no connection left, 502 and 504
/// when the chosen gateway failed before it answered. All of these may be tried again. A request that no gateway can ever be sent gets 400.
/// </summary>
internal sealed class UnavailableMiddleware(RequestDelegate next)
{
    /// <summary>About the time until the next probe; a client's own backoff takes over from there.</summary>
    private const int RetryAfterSeconds = 2;

    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        if ((context.Features.Get<IForwarderErrorFeature>() is null && !DrainingGateway.Refused(context)) || context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        var fault = GatewayFaults.Of(context);
        if (fault == Fault.Request)
        {
            ServiceAnswer.MakeReadable(context.Response);
            await ServiceAnswer.RefuseAsync(context.Response, "The request cannot be passed on. Its headers or its address are not valid.");
            return;
        }

        if (fault == Fault.Edge)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }

        if (context.Response.StatusCode is StatusCodes.Status502BadGateway or StatusCodes.Status503ServiceUnavailable or StatusCodes.Status504GatewayTimeout)
        {
            ServiceAnswer.MakeReadable(context.Response);
            await ServiceAnswer.UnavailableAsync(context.Response, "The chat service cannot be reached at the moment. Please try again.", RetryAfterSeconds);
        }
    }
}
