using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using StreamChat.Hosting.Identity;

namespace StreamChat.Hosting.Http;

/// <summary>
/// Takes credentials out of the query when a request begins: before the host logs its address or starts a span for it, which is
/// before any middleware.
/// </summary>
internal sealed class CredentialHidingContextFactory(DefaultHttpContextFactory contexts) : IHttpContextFactory
{
    public HttpContext Create(IFeatureCollection featureCollection)
    {
        var context = contexts.Create(featureCollection);
        RequestCredential.TakeFromQuery(context.Request);
        return context;
    }

    public void Dispose(HttpContext httpContext) => contexts.Dispose(httpContext);
}
