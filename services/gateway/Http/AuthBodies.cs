using System.Text.Json.Serialization;

namespace StreamChat.Gateway.Http;

/// <summary>Body of <c>POST /auth/token</c>.</summary>
/// <param name="UserId">For whom.</param>
/// <param name="Roles">What the token may do beside acting for the user; each must be one of the key's own, unless it is an administrator's.</param>
/// <param name="ExpiresIn">How long it is good, in seconds; <c>Auth:TokenLifetime</c> when left out.</param>
internal sealed record TokenBody(string? UserId, IReadOnlyList<string>? Roles, int? ExpiresIn);

/// <summary>Answer of <c>POST /auth/token</c>.</summary>
internal sealed record TokenIssued(string AccessToken, string TokenType, int ExpiresIn, string UserId);

/// <summary>Body of <c>POST /auth/revoke</c>: one of the two.</summary>
/// <param name="Token">The token that is good no more.</param>
/// <param name="UserId">The user none of whose tokens up to now is good any more.</param>
internal sealed record RevokeBody(string? Token, string? UserId);

/// <summary>Answer of <c>POST /auth/revoke</c>.</summary>
internal sealed record TokenRevoked([property: JsonPropertyName("revoked")] bool IsRevoked);
