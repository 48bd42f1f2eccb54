namespace StreamChat.Contracts.Gateways;

/// <summary>Asks every gateway for its connections; each answers with <see cref="ConnectionsListed"/>.</summary>
public sealed record ListConnections
{
    /// <summary>Ties the answers to the question.</summary>
    public required Guid RequestId { get; init; }

    /// <summary>The gateway to answer to.</summary>
    public required string GatewayId { get; init; }

    /// <summary>How many connections one gateway may name at most; the newest are left out.</summary>
    public required int Limit { get; init; }
}

/// <summary>One gateway's answer to <see cref="ListConnections"/>.</summary>
public sealed record ConnectionsListed
{
    /// <summary>The question.</summary>
    public required Guid RequestId { get; init; }

    /// <summary>Who answers.</summary>
    public required string GatewayId { get; init; }

    /// <summary>Its connections, oldest first.</summary>
    public required IReadOnlyList<ConnectionDescription> Connections { get; init; }
}

/// <summary>One open connection.</summary>
public sealed record ConnectionDescription
{
    /// <summary>Its id, <c>{gatewayId}.{n}</c>.</summary>
    public required string ConnectionId { get; init; }

    /// <summary>The protocol it speaks.</summary>
    public required string Dialect { get; init; }

    /// <summary>Whose it is.</summary>
    public required string UserId { get; init; }

    /// <summary>What the user is to be called, if the client said.</summary>
    public string? UserName { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When its client last asked anything, or answered a ping.</summary>
    public required DateTimeOffset LastActiveAt { get; init; }

    /// <summary>Frames sent to it.</summary>
    public required long FramesSent { get; init; }

    /// <summary>Rooms that it joined; its user's private one is not named.</summary>
    public required IReadOnlyList<string> Rooms { get; init; }

    /// <summary>The member of the user's family that it speaks for, in a dialect that has members; else null.</summary>
    public string? MemberId { get; init; }
}
