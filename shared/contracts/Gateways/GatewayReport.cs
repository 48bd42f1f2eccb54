namespace StreamChat.Contracts.Gateways;

/// <summary>
/// A gateway tells all others what it serves, every few seconds, so that each can answer for the whole cluster. One that falls
/// silent is counted no more.
/// </summary>
public sealed record GatewayReport
{
    /// <summary>Who speaks.</summary>
    public required string GatewayId { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>What it serves, by dialect.</summary>
    public required IReadOnlyList<DialectReport> Dialects { get; init; }

    /// <summary>For how long this holds without being said again; zero when the gateway stops.</summary>
    public required TimeSpan ValidFor { get; init; }
}

/// <summary>One dialect's connections on one gateway.</summary>
public sealed record DialectReport
{
    /// <summary>The dialect.</summary>
    public required string Dialect { get; init; }

    /// <summary>Connections that are open.</summary>
    public required int Connections { get; init; }

    /// <summary>Different users that have one.</summary>
    public required int Users { get; init; }

    /// <summary>Frames sent to the connections that are open.</summary>
    public required long FramesSent { get; init; }

    /// <summary>Connections accepted since the gateway started.</summary>
    public required long TotalConnections { get; init; }

    /// <summary>Frames sent since the gateway started.</summary>
    public required long TotalFramesSent { get; init; }

    /// <summary>When the oldest open connection was accepted; null when none is open.</summary>
    public DateTimeOffset? OldestOpenedAt { get; init; }
}
