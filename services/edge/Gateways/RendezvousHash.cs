namespace StreamChat.Edge.Gateways;

/// <summary>
/// How much a gateway wants a user. The same on every machine and in every process, unlike <see cref="string.GetHashCode()"/>; it
/// guards nothing, so it need not resist forgery.
/// </summary>
internal static class RendezvousHash
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    public static ulong Weight(string user, string gateway)
    {
        // keeps the names apart: "a" and "bc" are not "ab" and "c"
        var hash = Fnv1a(FnvOffset, gateway);
        hash = (hash ^ 0xFF) * FnvPrime;
        return Avalanche(Fnv1a(hash, user));
    }

    /// <summary>FNV-1a over the UTF-16 code units, low byte first.</summary>
    private static ulong Fnv1a(ulong hash, string text)
    {
        foreach (var unit in text)
        {
            hash = (hash ^ (byte)unit) * FnvPrime;
            hash = (hash ^ (byte)(unit >> 8)) * FnvPrime;
        }

        return hash;
    }

    /// <summary>
    /// The last step of MurmurHash3: each bit of the input changes half of the output. FNV alone leaves the high bits of similar
    /// names alike, and comparison looks at those first.
    /// </summary>
    private static ulong Avalanche(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
        return hash ^ (hash >> 33);
    }
}
