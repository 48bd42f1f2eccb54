using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Limits;

namespace StreamChat.Gateway.Requests.Middleware;

/// <summary>Answers frames from which the dialect could not make a request. Closes a connection that sends them faster than any frame may come.</summary>
internal sealed class ValidationMiddleware(UserRates rates) : IRequestMiddleware
{
    public ValueTask InvokeAsync(RequestContext context, RequestStep next)
    {
        if (context.Frame is not InvalidFrame invalid)
        {
            return next(context);
        }

        // a good frame now and then resets the count of bad ones, so their rate is limited too
        if (rates.TakeFree($"bad:connection:{context.Connection.Id}") is null)
        {
            context.Refuse(invalid.Fault);
            context.Connection.CountBadFrame();
        }
        else
        {
            context.Connection.CountBadFrame(isLast: true);
        }

        return ValueTask.CompletedTask;
    }
}
