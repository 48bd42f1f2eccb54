namespace StreamChat.Contracts.Runs;

/// <summary>
/// Runs, or new attempts of them, that have begun. Told once to every gateway, transient, so that those with connections that joined
/// their threads or rooms can attach. Those that begin while one message is under way are told of together in the next.
/// </summary>
public sealed record RunsAnnounced
{
    /// <summary>The most runs that one message tells of.</summary>
    public const int Most = 256;

    /// <summary>The runs, in the order in which they began; at most <see cref="Most"/>.</summary>
    public required IReadOnlyList<RunAnnounced> Runs { get; init; }
}
