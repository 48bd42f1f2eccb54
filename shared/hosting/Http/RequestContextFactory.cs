using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Identity;
using StreamChat.Hosting.Telemetry;

namespace StreamChat.Hosting.Http;

/// <summary>
/// Cleans a request when it begins, before the host logs its address or starts a span for it, which is before any middleware: takes
/// credentials out of the query, and the trace of a client that is not trusted with it out of the headers.
/// </summary>
internal sealed class RequestContextFactory(DefaultHttpContextFactory contexts, IOptions<TraceTrust> trust) : IHttpContextFactory
{
    private readonly TraceTrust _trust = trust.Value;

    public HttpContext Create(IFeatureCollection featureCollection)
    {
        var context = contexts.Create(featureCollection);
        RequestCredential.TakeFromQuery(context.Request);
        _trust.RemoveForeignTrace(context);
        return context;
    }

    public void Dispose(HttpContext httpContext) => contexts.Dispose(httpContext);
}
