using System.Net.Mime;
using Yarp.ReverseProxy.Transforms;

namespace StreamChat.Edge.Proxy;

/// <summary>Passes requests, streams and sockets on to gateways.</summary>
internal static class ProxyRegistration
{
    public static void AddGatewayProxy(this IServiceCollection services) =>
        services.AddReverseProxy().AddTransforms(transforms => transforms.AddResponseTransform(StartStreamAsync));

    public static void MapGatewayProxy(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapReverseProxy(proxy =>
        {
            proxy.UseMiddleware<UnavailableMiddleware>();
            proxy.UseMiddleware<NextGatewayMiddleware>();
            proxy.UseLoadBalancing();
            proxy.UsePassiveHealthChecks();
        });

    /// <summary>
    /// Sends the head of an event stream at once. The proxy would hold it back until the first event, and a client would not know
    /// until then that it is connected.
    /// </summary>
    private static async ValueTask StartStreamAsync(ResponseTransformContext context)
    {
        if (context.ProxyResponse?.Content.Headers.ContentType?.MediaType == MediaTypeNames.Text.EventStream)
        {
            await context.HttpContext.Response.BodyWriter.FlushAsync(context.CancellationToken);
        }
    }
}
