using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Auth;

/// <summary>
/// Makes access tokens and reads them: tickets of ASP.NET Core, protected as those of its own bearer-token handler are. The handler
/// itself would see headers only, and a token also comes in a query, a subprotocol or a frame.
/// </summary>
internal sealed class AccessTokens(KeyRing keys, TimeProvider time, IIdGenerator ids)
{
    private const string Scheme = "AccessToken";
    private const string User = "sub";
    private const string Subject = "iss";
    private const string TokenId = "jti";
    private const string Role = "role";
    private const string IssuedAt = "iat";
    private const string ExpiresAt = "exp";

    private readonly Lazy<TicketDataFormat> _tickets = new(() => new TicketDataFormat(keys.For("StreamChat.AccessToken.v1")));
    private readonly Lazy<IDataProtector> _probe = new(() => keys.For("StreamChat.Probe.v1"));

    /// <summary>Makes a token.</summary>
    /// <param name="userId">For whom.</param>
    /// <param name="subject">Who vouches for it.</param>
    /// <param name="roles">What it may do beside acting for the user.</param>
    /// <param name="lifetime">How long it is good.</param>
    public string Make(string userId, string subject, IEnumerable<string> roles, TimeSpan lifetime)
    {
        var now = time.GetUtcNow();
        var identity = new ClaimsIdentity(
        [
            new Claim(User, userId),
            new Claim(Subject, subject),
            new Claim(TokenId, ids.NewUuid().ToString()),
            new Claim(IssuedAt, WriteTime(now)),
            new Claim(ExpiresAt, WriteTime(now + lifetime)),
            .. roles.Select(r => new Claim(Role, r)),
        ]);
        return AccessTokenForm.Join(userId, _tickets.Value.Protect(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme)));
    }

    /// <returns>Whom the token speaks for, also when it has expired; null when it is none of ours.</returns>
    public Caller? Read(string token)
    {
        if (!AccessTokenForm.TrySplit(token, out var userId, out var text)
            || _tickets.Value.Unprotect(text)?.Principal is not { } ticket
            || ticket.FindFirstValue(User) != userId)
        {
            return null;
        }

        return new Caller
        {
            UserId = userId,
            Subject = ticket.FindFirstValue(Subject),
            Roles = [.. ticket.FindAll(Role).Select(c => c.Value)],
            TokenId = ticket.FindFirstValue(TokenId),
            IssuedAt = ReadTime(ticket.FindFirstValue(IssuedAt)!),
            ExpiresAt = ReadTime(ticket.FindFirstValue(ExpiresAt)!),
        };
    }

    /// <summary>A text that only gateways with the same keys can read.</summary>
    public string MakeProbe() => _probe.Value.Protect(Scheme);

    public bool CanRead(string probe)
    {
        try
        {
            return _probe.Value.Unprotect(probe) == Scheme;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or DecoderFallbackException)
        {
            return false;
        }
    }

    private static string WriteTime(DateTimeOffset time) => time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset ReadTime(string milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(milliseconds, CultureInfo.InvariantCulture));
}
