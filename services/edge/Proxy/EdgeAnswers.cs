using StreamChat.Hosting.Http;

namespace StreamChat.Edge.Proxy;

/// <summary>The answers that are the edge's own, in one form.</summary>
internal static class EdgeAnswers
{
    /// <summary>421: the edge is addressed by a name that its operator has not listed.</summary>
    public static Task UnknownHostAsync(HttpContext context) => ServiceAnswer.WriteAsync(
        context.Response,
        StatusCodes.Status421MisdirectedRequest,
        "unknown_host",
        $"This server does not answer under this host name. Its operator can add the name to the setting {HostNames.Key}.",
        retryable: false);

    /// <summary>413: a body that is larger than gateways take. It is read first, so that the client gets the answer.</summary>
    /// <param name="app">The edge.</param>
    /// <param name="max">The largest body, in bytes.</param>
    public static void UseBodyLimit(this IApplicationBuilder app, int max) => app.Use(async (context, next) =>
    {
        if (context.Request.ContentLength > max)
        {
            await RequestBody.DiscardAsync(context);
            ServiceAnswer.MakeReadable(context.Response);
            await ServiceAnswer.WriteAsync(context.Response, StatusCodes.Status413PayloadTooLarge, "too_large", $"The body may have {max} bytes.", retryable: false);
            return;
        }

        await next(context);
    });
}
