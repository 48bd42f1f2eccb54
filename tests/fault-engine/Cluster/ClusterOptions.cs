namespace StreamChat.FaultEngine.Cluster;

/// <summary>What a cluster is made of.</summary>
public sealed record ClusterOptions
{
    /// <summary>Whether it keeps what it keeps in PostgreSQL rather than SQLite.</summary>
    public bool Postgres { get; init; }

    /// <summary>Settings for all services, beside those that the cluster needs.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>Where the logs of its processes go; null for nowhere.</summary>
    public string? LogFolder { get; init; }
}
