using Microsoft.Extensions.Options;

namespace StreamChat.Gateway.Auth;

/// <summary>Whether a token can still be relied on.</summary>
internal enum TokenState
{
    Good,
    Expired,
    Revoked,
}

/// <summary>Says who somebody is, by their access token, and whether that still holds.</summary>
internal sealed class Authenticator(IOptions<AuthOptions> options, AccessTokens tokens, Revocations revocations, TimeProvider time)
{
    /// <summary>Whether users must prove who they are.</summary>
    public bool Required => options.Value.Required;

    /// <returns>Whom the token speaks for; null when it is no token of ours or good no more.</returns>
    public Caller? Authenticate(string token) => tokens.Read(token) is { } caller && StateOf(caller) == TokenState.Good ? caller : null;

    public TokenState StateOf(Caller caller) =>
        caller.IsExpired(time.GetUtcNow()) ? TokenState.Expired
        : revocations.IsRevoked(caller) ? TokenState.Revoked
        : TokenState.Good;
}
