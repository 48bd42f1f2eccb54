using StreamChat.Edge.Gateways;
using Yarp.ReverseProxy.Forwarder;

namespace StreamChat.Edge.Proxy;

/// <summary>
/// Tries the next gateway when one cannot be connected to or says that it stops, so that nobody is turned away in the seconds until
/// a gateway that died or stops is out of rotation: a browser's event stream would not come back. Nothing of such a request was done.
/// </summary>
internal sealed class NextGatewayMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var proxy = context.GetReverseProxyFeature();
        var left = proxy.AvailableDestinations;
        while (true)
        {
            await next(context);
            if (!MayAskElsewhere(context) || !(GatewayFaults.Of(context) == Fault.Gateway || DrainingGateway.Refused(context)) || proxy.ProxiedDestination is not { } failed)
            {
                return;
            }

            left = [.. left.Where(gateway => gateway != failed)];
            if (left.Count == 0)
            {
                return;
            }

            proxy.AvailableDestinations = left;
            context.Features.Set<IForwarderErrorFeature>(null);
            DrainingGateway.Forget(context);
            context.Response.StatusCode = StatusCodes.Status200OK;
        }
    }

    private static bool MayAskElsewhere(HttpContext context) =>
        (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method))
        && !context.Response.HasStarted
        && !context.RequestAborted.IsCancellationRequested;
}
