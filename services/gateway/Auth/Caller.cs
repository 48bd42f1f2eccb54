using StreamChat.Contracts;

namespace StreamChat.Gateway.Auth;

/// <summary>On whose behalf a connection or request acts.</summary>
internal sealed record Caller
{
    /// <summary>The user.</summary>
    public required string UserId { get; init; }

    /// <summary>Who vouches for that: the subject of the API key that the token was made with; null when nobody does.</summary>
    public string? Subject { get; init; }

    public IReadOnlyList<string> Roles { get; init; } = [];

    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>Until when it holds; null for ever.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The access token; null when there is none.</summary>
    public string? TokenId { get; init; }

    /// <summary>Nobody in particular: such callers share a name and no limits.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>Somebody whose word is taken for it, in mode <c>open</c>.</summary>
    /// <param name="userId">Who they say they are; null when they say nothing.</param>
    public static Caller Believed(string? userId) => new() { UserId = userId ?? KnownUsers.Anonymous, IsAnonymous = userId is null };

    public bool IsExpired(DateTimeOffset now) => now >= ExpiresAt;
}
