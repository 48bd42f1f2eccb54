namespace StreamChat.Gateway.Connections.Handshakes;

/// <summary>What a handshake must pass, in any dialect. Which pages may connect is decided before: <see cref="Http.OriginGuard"/>.</summary>
internal sealed class HandshakeChecks(IServiceProvider services)
{
    /// <summary>The checks in their order: the first that refuses has the word.</summary>
    public static readonly IReadOnlyList<Type> Order =
    [
        typeof(UpgradeCheck),     // 1  426  it is a WebSocket at all
        typeof(SubProtocolCheck), // 2  400  it offers what is spoken here
        typeof(CallerCheck),      // 3  401, 403  somebody stands behind it, and is who path and query say
        typeof(PlaceCheck),       // 4  503, 429  there is a place for it; the last, for it takes the place
    ];

    private readonly IHandshakeCheck[] _checks = [.. Order.Select(type => (IHandshakeCheck)services.GetRequiredService(type))];

    /// <returns>Why the handshake is refused; null when it is not.</returns>
    public Refusal? Run(Handshake handshake)
    {
        foreach (var check in _checks)
        {
            if (check.Check(handshake) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }
}
