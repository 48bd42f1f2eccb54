namespace StreamChat.Contracts.Gateways;

/// <summary>To every gateway: access tokens that are good no more. Hearing it again changes nothing.</summary>
public sealed record TokensRevoked
{
    /// <summary>Which.</summary>
    public required IReadOnlyList<TokenRevocation> Revocations { get; init; }
}

/// <summary>One token, or all that a user had been given up to a moment: exactly one of the two ids is there.</summary>
public sealed record TokenRevocation
{
    /// <summary>The token.</summary>
    public string? TokenId { get; init; }

    /// <summary>The user.</summary>
    public string? UserId { get; init; }

    /// <summary>When it was revoked; tokens that a user is given later are good again.</summary>
    public required DateTimeOffset RevokedAt { get; init; }

    /// <summary>When all that it is about has expired, so that it need not be remembered any longer.</summary>
    public required DateTimeOffset Until { get; init; }
}

/// <summary>
/// A gateway tells the others what it remembers, at its start and every few seconds. Who remembers something else says it, so that
/// a gateway that is new, or was away from the broker, soon knows what it missed.
/// </summary>
public sealed record RevocationsAnnounced
{
    /// <summary>Who speaks.</summary>
    public required string GatewayId { get; init; }

    /// <summary>A digest of what it remembers, whatever the order.</summary>
    public required string Digest { get; init; }

    /// <summary>Protected with its keys: a gateway that cannot read it has other keys, and neither takes the other's tokens.</summary>
    public required string Probe { get; init; }
}
