using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using StreamChat.Gateway.Limits;

namespace StreamChat.Gateway.Auth;

/// <summary>
/// The API keys of the configuration. They are 256 random bits, so one round of SHA-256 hides them as well as a slow hash would:
/// there is no dictionary to try, and a slow hash would only cost us time with every request.
/// </summary>
internal sealed class ApiKeys(IOptions<AuthOptions> options, TimeProvider time)
{
    /// <summary>What keys begin with, so that they are told from tokens, and found where they should not be.</summary>
    public const string Prefix = "sck_";

    private readonly ApiKey[] _keys = [.. options.Value.Keys.Select(k => new ApiKey(k, time))];

    /// <summary>Whether this is meant to be a key.</summary>
    public static bool IsKey(string credential) => credential.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>A new key, and what is to be configured of it.</summary>
    public static (string Key, string Hash) Make()
    {
        var key = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return (key, Convert.ToHexStringLower(HashOf(key)));
    }

    /// <returns>The key, or null when there is no such.</returns>
    public ApiKey? Find(string key)
    {
        var hash = HashOf(key);
        ApiKey? found = null;
        foreach (var candidate in _keys)
        {
            // always all of them, so that the time taken tells nothing
            found = CryptographicOperations.FixedTimeEquals(hash, candidate.Hash) ? candidate : found;
        }

        return found;
    }

    private static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}

/// <summary>An API key of the configuration.</summary>
internal sealed class ApiKey(ApiKeyOptions options, TimeProvider time)
{
    private readonly TokenBucket? _minting = options.Rate > 0 ? new TokenBucket(Math.Max(1, options.Rate), options.Rate, time) : null;

    public string Subject => options.Subject;

    public byte[] Hash { get; } = Convert.FromHexString(options.Hash);

    public IEnumerable<string> Roles => options.Roles;

    public bool MayGiveTokens => Has(Auth.Roles.Tokens) || Has(Auth.Roles.Admin);

    public bool Has(string role) => options.Roles.Contains(role);

    /// <summary>A key gives away only what it has itself; an admin's has everything.</summary>
    public bool MayGive(string role) => Has(role) || Has(Auth.Roles.Admin);

    /// <summary>Counts a token against the key's rate.</summary>
    /// <returns>How long to wait; null when it may be made.</returns>
    public TimeSpan? TakeToken() => _minting is null || _minting.TryTake() ? null : _minting.UntilNext();
}
