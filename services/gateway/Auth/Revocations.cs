using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Gateways;

namespace StreamChat.Gateway.Auth;

/// <summary>The access tokens that are good no more although they have not expired. Forgotten when they have.</summary>
internal sealed class Revocations(IOptions<AuthOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<(string? TokenId, string? UserId), TokenRevocation> _revoked = new();

    /// <summary>Something was revoked that was not before.</summary>
    public event Action? Added;

    /// <summary>No more can be taken; the next one is refused.</summary>
    public bool IsFull
    {
        get
        {
            Forget();
            return _revoked.Count >= options.Value.Revocations;
        }
    }

    public int Count => _revoked.Count;

    /// <summary>
    /// Remembers. What other gateways have accepted is taken even past the limit, which each of them has kept: to drop one would let
    /// somebody in.
    /// </summary>
    public void Add(IEnumerable<TokenRevocation> revocations)
    {
        var now = time.GetUtcNow();
        var added = false;
        foreach (var revocation in revocations.Where(r => r.Until > now))
        {
            var kept = _revoked.AddOrUpdate((revocation.TokenId, revocation.UserId), revocation, (_, old) => old.RevokedAt >= revocation.RevokedAt ? old : revocation);
            added |= ReferenceEquals(kept, revocation);
        }

        Forget();
        if (added)
        {
            Added?.Invoke();
        }
    }

    public bool IsRevoked(Caller caller) =>
        !_revoked.IsEmpty
        && caller.TokenId is not null
        && (_revoked.ContainsKey((caller.TokenId, null))
            || (_revoked.TryGetValue((null, caller.UserId), out var user) && caller.IssuedAt <= user.RevokedAt));

    /// <summary>All that is remembered.</summary>
    public IReadOnlyList<TokenRevocation> All()
    {
        Forget();
        return [.. _revoked.Values];
    }

    /// <summary>The same for all who remember the same.</summary>
    public string Digest() => All().Aggregate(0UL, (sum, r) => unchecked(sum + Hash(r))).ToString("x16", provider: null);

    private static ulong Hash(TokenRevocation r) => BinaryPrimitives.ReadUInt64LittleEndian(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{r.TokenId}\n{r.UserId}\n{r.RevokedAt.ToUnixTimeMilliseconds()}")));

    private void Forget()
    {
        var now = time.GetUtcNow();
        foreach (var entry in _revoked)
        {
            if (entry.Value.Until <= now)
            {
                _revoked.TryRemove(entry);
            }
        }
    }
}
