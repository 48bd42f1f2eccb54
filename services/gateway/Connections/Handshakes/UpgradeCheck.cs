namespace StreamChat.Gateway.Connections.Handshakes;

/// <summary>Tells a plain request what it has found.</summary>
internal sealed class UpgradeCheck : IHandshakeCheck
{
    public Refusal? Check(Handshake handshake)
    {
        if (handshake.Context.WebSockets.IsWebSocketRequest)
        {
            return null;
        }

        handshake.Context.Response.Headers.Upgrade = "websocket";
        return new Refusal(StatusCodes.Status426UpgradeRequired, "no_websocket", "This is a WebSocket endpoint.");
    }
}
