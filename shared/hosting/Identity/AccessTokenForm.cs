using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace StreamChat.Hosting.Identity;

/// <summary>
/// An access token as it travels: <c>{user id in base64url}.{ticket}</c>. The ticket is for gateways only and holds all that
/// counts, the user too. The part before it lets an edge, which cannot open tickets, send all connections of a user to the same
/// gateway; a gateway refuses a token whose two parts disagree.
/// </summary>
public static class AccessTokenForm
{
    private const int MaxLength = 8 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Puts the two parts together.</summary>
    /// <param name="userId">Whose token it is.</param>
    /// <param name="ticket">The part for gateways, in base64url.</param>
    /// <returns>The token: letters, digits, <c>-</c>, <c>_</c> and one dot, so that it can stand anywhere.</returns>
    public static string Join(string userId, string ticket) => $"{Base64Url.EncodeToString(StrictUtf8.GetBytes(userId))}.{ticket}";

    /// <summary>Takes a token apart. Says nothing about whether it is genuine.</summary>
    /// <param name="token">What a client sent.</param>
    /// <param name="userId">Whose token it says it is.</param>
    /// <param name="ticket">The part for gateways.</param>
    /// <returns>Whether it has the form of one.</returns>
    public static bool TrySplit(string token, [NotNullWhen(true)] out string? userId, [NotNullWhen(true)] out string? ticket)
    {
        ArgumentNullException.ThrowIfNull(token);
        (userId, ticket) = (null, null);
        var dot = token.IndexOf('.', StringComparison.Ordinal);
        if (token.Length > MaxLength || dot <= 0 || dot == token.Length - 1 || !Base64Url.IsValid(token.AsSpan(0, dot)))
        {
            return false;
        }

        try
        {
            userId = StrictUtf8.GetString(Base64Url.DecodeFromChars(token.AsSpan(0, dot)));
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return false;
        }

        ticket = token[(dot + 1)..];
        return userId.Length > 0;
    }
}
