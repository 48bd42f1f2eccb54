namespace StreamChat.Gateway.Requests;

/// <summary>One step that every request of every dialect passes, in the order of <see cref="RequestPipeline"/>.</summary>
internal interface IRequestMiddleware
{
    /// <summary>
    /// Handles the request or passes it on. What runs before the first await runs in the order in which the frames came.
    /// </summary>
    ValueTask InvokeAsync(RequestContext context, RequestStep next);
}
