using StreamChat.Gateway.Cluster;

namespace StreamChat.Gateway.Dialects.YYChat;

/// <summary>What YYChat tells of its connections, by frame and by HTTP.</summary>
/// <param name="TotalConnections">Open now; the protocol has two names for it.</param>
/// <param name="ActiveConnections">Open now.</param>
/// <param name="TotalMessages">Frames sent to those.</param>
/// <param name="MaxConnections">How many one gateway takes; 0 for any number.</param>
/// <param name="Uptime">Seconds since the oldest of them was opened.</param>
internal sealed record YYChatStatus(int TotalConnections, int ActiveConnections, long TotalMessages, int MaxConnections, double Uptime)
{
    public static YYChatStatus Of(DialectNumbers numbers, int maxConnections, DateTimeOffset now) => new(
        numbers.Connections,
        numbers.Connections,
        numbers.FramesSent,
        maxConnections,
        numbers.OldestOpenedAt is { } oldest ? Math.Max(0, (now - oldest).TotalSeconds) : 0);
}
