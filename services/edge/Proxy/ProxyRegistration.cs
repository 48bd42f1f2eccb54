using System.Net.Mime;
using Microsoft.AspNetCore.Http.Features;
using StreamChat.Hosting.Http;
using StreamChat.Hosting.Logging;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;

namespace StreamChat.Edge.Proxy;

/// <summary>Passes requests, streams and sockets on to gateways.</summary>
internal static class ProxyRegistration
{
    private const string Threads = "/api/v1/threads/";

    /// <summary>
    /// What the proxy reports when a client leaves or goes silent. How a socket ended is among it, whichever side closed first: a gateway
    /// that is gone shows in failed probes and requests as well.
    /// </summary>
    private static readonly ForwarderError[] ClientsLeave =
    [
        ForwarderError.RequestCanceled, ForwarderError.RequestBodyCanceled, ForwarderError.RequestBodyClient,
        ForwarderError.ResponseBodyCanceled, ForwarderError.ResponseBodyClient,
        ForwarderError.UpgradeRequestCanceled, ForwarderError.UpgradeRequestClient, ForwarderError.UpgradeRequestDestination,
        ForwarderError.UpgradeResponseCanceled, ForwarderError.UpgradeResponseClient, ForwarderError.UpgradeResponseDestination,
        ForwarderError.UpgradeActivityTimeout,
    ];

    public static void AddGatewayProxy(this IServiceCollection services) => services
        .AddQuietLogs(new QuietLogRule("Yarp.ReverseProxy.Forwarder", (values, _) => values is [{ Value: ForwarderError error }, ..] && ClientsLeave.Contains(error)))
        .AddReverseProxy().AddTransforms(transforms =>
        {
            transforms.AddRequestTransform(KeepThreadIds);
            transforms.AddRequestTransform(NameListener);
            transforms.AddResponseTransform(DrainingGateway.KeepToOurselves);
            transforms.AddResponseTransform(StartStreamAsync);
        });

    public static void MapGatewayProxy(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapReverseProxy(proxy =>
        {
            proxy.UseMiddleware<UnavailableMiddleware>();
            proxy.UseMiddleware<NextGatewayMiddleware>();
            proxy.UseLoadBalancing();
            proxy.UsePassiveHealthChecks();
        });

    /// <summary>
    /// Passes the ids of threads on as they were sent. They have slashes and percent signs, which the server decodes only in part and
    /// the proxy encodes once more. A target with dot segments or backslashes is left to the proxy: the URI would name another path.
    /// </summary>
    private static ValueTask KeepThreadIds(RequestTransformContext context)
    {
        var target = context.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.StartsWith(Threads, StringComparison.Ordinal)
            && target.Contains('%', StringComparison.Ordinal)
            && !target.Contains("/.", StringComparison.Ordinal)
            && !target.Contains('\\', StringComparison.Ordinal))
        {
            context.ProxyRequest.RequestUri = new Uri(context.DestinationPrefix.TrimEnd('/') + target, UriKind.Absolute);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Tells the gateway by which kind of listener the client came, whatever the client says of that itself.</summary>
    private static ValueTask NameListener(RequestTransformContext context)
    {
        var listeners = context.HttpContext.RequestServices.GetRequiredService<Listeners>();
        var headers = context.ProxyRequest.Headers;
        headers.Remove(EdgeHeaders.Listener);
        headers.Add(EdgeHeaders.Listener, listeners.IsOnLoopback(context.HttpContext.Connection) ? EdgeHeaders.LoopbackListener : EdgeHeaders.NetworkListener);
        return ValueTask.CompletedTask;
    }

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
