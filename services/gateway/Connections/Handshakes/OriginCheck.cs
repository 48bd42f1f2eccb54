using StreamChat.Gateway.Auth;

namespace StreamChat.Gateway.Connections.Handshakes;

/// <summary>Lets in the pages of this host and those on the list.</summary>
internal sealed class OriginCheck(OriginRule origins) : IHandshakeCheck
{
    public Refusal? Check(Handshake handshake) =>
        origins.Allows(handshake.Context.Request) ? null : OriginRule.Refusal;
}
