using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests.Middleware;

/// <summary>
/// Serves only who may still ask. A connection whose token has expired or was revoked is closed within a second; until then a new
/// token is all that is taken from it.
/// </summary>
internal sealed class AuthMiddleware(Authenticator authenticator) : IRequestMiddleware
{
    public ValueTask InvokeAsync(RequestContext context, RequestStep next)
    {
        var state = context.Frame is AuthRequest ? TokenState.Good : authenticator.StateOf(context.Connection.Caller);
        if (state == TokenState.Good)
        {
            return next(context);
        }

        context.Refuse(FaultCodes.Forbidden, state == TokenState.Expired ? "The access token has expired." : "The access token has been revoked.");
        return ValueTask.CompletedTask;
    }
}
