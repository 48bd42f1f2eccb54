using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Dialects;

namespace StreamChat.Gateway.Connections.Handshakes;

/// <summary>Finds out whose connection it is to be.</summary>
internal sealed class CallerCheck(HttpCallers callers) : IHandshakeCheck
{
    public Refusal? Check(Handshake handshake)
    {
        var request = handshake.Context.Request;
        var source = handshake.Dialect.UserId;
        var claimed = source == UserIdSource.Path ? handshake.Context.GetRouteValue("user_id") as string ?? "" : HttpCallers.UserIdInQuery(request);
        var refusal = callers.Find(request, claimed, needed: source != UserIdSource.OptionalQuery, out var caller);
        handshake.Caller = caller;
        return refusal;
    }
}
