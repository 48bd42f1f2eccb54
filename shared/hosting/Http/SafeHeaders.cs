using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace StreamChat.Hosting.Http;

/// <summary>Headers that every answer has unless an endpoint sets another value.</summary>
public static class SafeHeaders
{
    /// <summary>
    /// Browsers do not guess the type of an answer (<c>nosniff</c>), and nobody keeps one (<c>no-store</c>) that does not say how long it
    /// is good. Goes first, so that answers of other middleware have them too.
    /// </summary>
    /// <param name="app">The application.</param>
    public static void UseSafeHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(
            static state =>
            {
                var response = (HttpResponse)state;
                if (response.StatusCode != StatusCodes.Status101SwitchingProtocols)
                {
                    response.Headers.XContentTypeOptions = "nosniff";
                    if (response.Headers.CacheControl.Count == 0)
                    {
                        response.Headers.CacheControl = "no-store";
                    }
                }

                return Task.CompletedTask;
            },
            context.Response);
        return next(context);
    });
}
