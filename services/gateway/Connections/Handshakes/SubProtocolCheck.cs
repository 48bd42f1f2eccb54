using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Connections.Handshakes;

/// <summary>Agrees on the subprotocol.</summary>
internal sealed class SubProtocolCheck : IHandshakeCheck
{
    public Refusal? Check(Handshake handshake)
    {
        if (handshake.Dialect.SubProtocol is not { } ours)
        {
            // a protocol without one answers none. But a browser that has offered a credential must have offered a name beside it, and
            // fails a connection whose answer names none: it gets that name back, whatever it is
            var offersCredential = handshake.Context.WebSockets.WebSocketRequestedProtocols.Any(RequestCredential.IsCredential);
            handshake.SubProtocol = offersCredential && handshake.Offered is [var name, ..] ? name : null;
            return null;
        }

        if (handshake.Offered.Count == 0)
        {
            return null;
        }

        handshake.SubProtocol = ours;
        return handshake.Offered.Contains(ours) ? null : new Refusal(StatusCodes.Status400BadRequest, "subprotocol", $"The subprotocol here is {ours}.");
    }
}
