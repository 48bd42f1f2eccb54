using Microsoft.AspNetCore.Http.Features;

namespace StreamChat.Gateway.Http;

/// <summary>What the server itself refuses of a request that an endpoint reads, such as a body that is larger than allowed.</summary>
internal static class RequestFaults
{
    /// <summary>A body of up to this many bytes is read and dropped before it is rejected as too large.</summary>
    private const int MostDiscarded = 1024 * 1024;

    /// <summary>Answers with the status that it stands for; nobody's error is logged, it is the client's.</summary>
    public static void UseRequestFaults(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            if (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
            {
                await DiscardBodyAsync(context);
            }

            var detail = e.StatusCode == StatusCodes.Status413PayloadTooLarge ? "The body is larger than allowed." : "The request cannot be read.";
            await HttpResults.Problem(e.StatusCode, detail).ExecuteAsync(context);
        }
    });

    // closing the connection while the client still sends makes the network stack drop the answer: a client would see a reset, and the
    // edge would report it as 502
    private static async Task DiscardBodyAsync(HttpContext context)
    {
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
