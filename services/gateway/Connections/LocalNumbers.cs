using StreamChat.Gateway.Cluster;

namespace StreamChat.Gateway.Connections;

/// <summary>The numbers of this gateway alone.</summary>
internal sealed class LocalNumbers(ConnectionRegistry registry) : IClusterNumbers
{
    public DialectNumbers Of(string dialect)
    {
        var open = registry.All.Where(c => c.Dialect.Name == dialect).ToList();
        return new DialectNumbers
        {
            Connections = open.Count,
            Users = open.Select(c => c.UserId).Distinct(StringComparer.Ordinal).Count(),
            FramesSent = open.Sum(c => c.FramesSent),
            OldestOpenedAt = open.Count == 0 ? null : open.Min(c => c.OpenedAt),
        };
    }
}
