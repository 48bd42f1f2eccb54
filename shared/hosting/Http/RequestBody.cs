using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace StreamChat.Hosting.Http;

/// <summary>How large the body of a request may be, and what becomes of one that is larger.</summary>
public static class RequestBody
{
    /// <summary>The largest body of a request, in bytes, unless an endpoint's metadata names another limit.</summary>
    public const int Max = 16 * 1024;

    private const int MostDiscarded = 1024 * 1024;

    /// <summary>
    /// Reads and drops a body of up to 1 MiB that is about to be rejected. Closing the connection while the client still sends makes the
    /// network stack drop the answer: a client would see a reset, and a proxy would report it as 502.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <returns>When the body is read, or cannot be.</returns>
    public static async Task DiscardAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Request.ContentLength is not <= MostDiscarded || context.Features.Get<IHttpMaxRequestBodySizeFeature>() is not { IsReadOnly: false } limit)
        {
            return;
        }

        limit.MaxRequestBodySize = MostDiscarded;
        try
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // the client left, or sends too slowly
        }
    }
}
