using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Takes a new access token for a live connection. In mode <c>open</c> any will do, for none is needed.</summary>
internal sealed class AuthHandler(Authenticator authenticator) : RequestHandler<AuthRequest>
{
    protected override ValueTask HandleAsync(RequestContext context, AuthRequest request)
    {
        var connection = context.Connection;
        if (!authenticator.Required)
        {
            connection.Send(new Authenticated(null));
        }
        else if (authenticator.Authenticate(request.Token) is not { } caller)
        {
            context.Refuse(FaultCodes.Forbidden, "The access token is not valid, or not any more.");
        }
        else if (caller.UserId != connection.UserId)
        {
            context.Refuse(FaultCodes.Forbidden, "The access token is another user's.");
        }
        else
        {
            connection.Renew(caller);
            connection.Send(new Authenticated(caller.ExpiresAt));
        }

        return ValueTask.CompletedTask;
    }
}
