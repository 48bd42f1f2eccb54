using StreamChat.Hosting.Http;

namespace StreamChat.Gateway.Http;

/// <summary>What the server itself refuses of a request that an endpoint reads, such as a body that is larger than allowed.</summary>
internal static class RequestFaults
{
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
                await RequestBody.DiscardAsync(context);
            }

            var detail = e.StatusCode == StatusCodes.Status413PayloadTooLarge ? "The body is larger than allowed." : "The request cannot be read.";
            await HttpResults.Problem(e.StatusCode, detail).ExecuteAsync(context);
        }
    });
}
