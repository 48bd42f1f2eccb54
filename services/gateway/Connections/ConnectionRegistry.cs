using System.Collections.Concurrent;

namespace StreamChat.Gateway.Connections;

/// <summary>Who is connected to this gateway.</summary>
internal sealed class ConnectionRegistry
{
    private readonly ConcurrentDictionary<string, Connection> _connections = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Connections, long Frames)> _closed = new(StringComparer.Ordinal);
    private volatile bool _draining;

    /// <summary>This process stops: no new connections.</summary>
    public bool Draining => _draining;

    public ICollection<Connection> All => _connections.Values;

    /// <summary>The same without a copy, for those who look often; who comes or goes meanwhile may be missed.</summary>
    public IEnumerable<Connection> Each => _connections.Select(c => c.Value);

    public void Add(Connection connection)
    {
        _connections[connection.Id] = connection;
        if (_draining)
        {
            connection.Close(CloseReason.Restart);
        }
    }

    public void Remove(Connection connection)
    {
        if (_connections.TryRemove(connection.Id, out _))
        {
            lock (_closed)
            {
                var before = _closed.GetValueOrDefault(connection.Dialect.Name);
                _closed[connection.Dialect.Name] = (before.Connections + 1, before.Frames + connection.FramesSent);
            }
        }
    }

    /// <summary>How many have ended, by dialect, and how many frames were sent to them.</summary>
    public IReadOnlyDictionary<string, (long Connections, long Frames)> Closed()
    {
        lock (_closed)
        {
            return new Dictionary<string, (long, long)>(_closed);
        }
    }

    /// <summary>Asks everybody to come back elsewhere.</summary>
    public IReadOnlyList<Connection> Drain()
    {
        _draining = true;
        return [.. _connections.Values];
    }
}
