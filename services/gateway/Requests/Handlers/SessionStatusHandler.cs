using StreamChat.Gateway.Cluster;
using StreamChat.Gateway.Dialects.AuraWell;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Tells a connection its state, and how many users there are.</summary>
internal sealed class SessionStatusHandler(IClusterNumbers numbers, TimeProvider time) : RequestHandler<SessionStatusRequest>
{
    protected override ValueTask HandleAsync(RequestContext context, SessionStatusRequest request)
    {
        var connection = context.Connection;
        connection.Send(new SessionStatus(
            connection.OpenedAt,
            time.GetUtcNow() - connection.Liveness.Silence,
            request.Members.Active,
            numbers.Of(connection.Dialect.Name).Users));
        return ValueTask.CompletedTask;
    }
}
