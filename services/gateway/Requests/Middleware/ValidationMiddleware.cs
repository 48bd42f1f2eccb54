using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Limits;

namespace StreamChat.Gateway.Requests.Middleware;

/// <summary>Answers frames that the dialect could not make a request of, as many as a client may send of what costs nothing.</summary>
internal sealed class ValidationMiddleware(UserRates rates) : IRequestMiddleware
{
    public ValueTask InvokeAsync(RequestContext context, RequestStep next)
    {
        if (context.Frame is not InvalidFrame invalid)
        {
            return next(context);
        }

        // a good frame now and then must not make any number of bad ones free
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
