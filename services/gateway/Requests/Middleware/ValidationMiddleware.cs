using StreamChat.Gateway.Dialects;

namespace StreamChat.Gateway.Requests.Middleware;

/// <summary>Answers frames that the dialect could not make a request of.</summary>
internal sealed class ValidationMiddleware : IRequestMiddleware
{
    public ValueTask InvokeAsync(RequestContext context, RequestStep next)
    {
        if (context.Frame is not InvalidFrame invalid)
        {
            return next(context);
        }

        context.Refuse(invalid.Fault);
        context.Connection.CountBadFrame();
        return ValueTask.CompletedTask;
    }
}
