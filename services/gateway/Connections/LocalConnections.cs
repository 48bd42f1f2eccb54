using StreamChat.Contracts.Gateways;
using StreamChat.Contracts.Rooms;
using StreamChat.Gateway.Cluster;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Rooms;
using StreamChat.Gateway.Runs;

namespace StreamChat.Gateway.Connections;

/// <summary>What this gateway itself serves.</summary>
internal sealed class LocalConnections(ConnectionRegistry registry, TimeProvider time) : ILocalConnections
{
    // anybody may ask for the numbers, and counting takes longer the more connections there are: an answer is kept for a time that
    // grows with their number, a tenth of a second for ten thousand
    private static readonly TimeSpan KeptPerConnection = TimeSpan.FromMicroseconds(10);

    private readonly Lock _lock = new();
    private IReadOnlyList<DialectReport>? _report;
    private long _reportedAt;

    public IReadOnlyList<DialectReport> Report()
    {
        lock (_lock)
        {
            if (_report is null || time.GetElapsedTime(_reportedAt) >= KeptPerConnection * _report.Sum(r => r.Connections))
            {
                _reportedAt = time.GetTimestamp();
                _report = Count();
            }

            return _report;
        }
    }

    private IReadOnlyList<DialectReport> Count()
    {
        var open = registry.All.ToLookup(c => c.Dialect.Name);
        var closed = registry.Closed();
        return
        [
            .. open.Select(d => d.Key).Union(closed.Keys).Select(dialect =>
            {
                List<Connection> connections = [.. open[dialect]];
                var frames = connections.Sum(c => c.FramesSent);
                var before = closed.GetValueOrDefault(dialect);
                return new DialectReport
                {
                    Dialect = dialect,
                    Connections = connections.Count,
                    Users = connections.Select(c => c.UserId).Distinct(StringComparer.Ordinal).Count(),
                    FramesSent = frames,
                    TotalConnections = connections.Count + before.Connections,
                    TotalFramesSent = frames + before.Frames,
                    OldestOpenedAt = connections.Count == 0 ? null : connections.Min(c => c.OpenedAt),
                };
            }),
        ];
    }

    public IReadOnlyList<ConnectionDescription> List(int limit) =>
    [
        .. registry.All.OrderBy(c => c.OpenedAt).Take(limit).Select(c => new ConnectionDescription
        {
            ConnectionId = c.Id,
            Dialect = c.Dialect.Name,
            UserId = c.UserId,
            UserName = c.UserName,
            OpenedAt = c.OpenedAt,
            LastActiveAt = time.GetUtcNow() - c.Liveness.Inactivity,
            FramesSent = c.FramesSent,
            Rooms = [.. RoomDirectory.JoinedBy(c).Where(room => !RoomNames.IsPrivateRoom(room))],
            MemberId = c.MemberId,
        }),
    ];

    public int Broadcast(Broadcast broadcast)
    {
        var count = 0;
        foreach (var connection in registry.All)
        {
            if (connection.Dialect.TakesBroadcasts && !IsLeftOut(broadcast, connection) && IsFor(broadcast, connection))
            {
                connection.Send(new Announcement(broadcast.MessageId, broadcast.Type, broadcast.Content, broadcast.RoomId));
                count++;
            }
        }

        return count;
    }

    // what is said of one connection to the others is that it left, which who sees presence is told already
    private static bool IsLeftOut(Broadcast broadcast, Connection connection) =>
        broadcast.ExceptConnectionId is { } left && (connection.Id == left || connection.Dialect.ShowsPresence);

    private static bool IsFor(Broadcast broadcast, Connection connection) =>
        broadcast.RoomId is { } room ? room == RoomNames.PrivateRoom(connection.UserId) || ThreadAccess.IsIn(connection, RoomNames.Thread(room))
        : broadcast.UserId is null || broadcast.UserId == connection.UserId;
}
