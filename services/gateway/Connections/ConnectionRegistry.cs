using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace StreamChat.Gateway.Connections;

/// <summary>Who is connected to this gateway.</summary>
internal sealed class ConnectionRegistry
{
    private readonly ConcurrentDictionary<string, Connection> _connections = new(StringComparer.Ordinal);
    private int _count;
    private readonly Dictionary<string, (long Connections, long Frames)> _closed = new(StringComparer.Ordinal);
    private volatile bool _draining;

    /// <summary>How many are open, handshakes under way included.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>This process stops: no new connections.</summary>
    public bool Draining => _draining;

    public ICollection<Connection> All => _connections.Values;

    /// <summary>Reserves a place before the handshake is answered.</summary>
    /// <param name="limit">The most there may be; 0 for any number.</param>
    /// <param name="place">To be disposed when the connection has ended.</param>
    public bool TryReserve(int limit, [NotNullWhen(true)] out IDisposable? place)
    {
        if (Interlocked.Increment(ref _count) > limit && limit > 0)
        {
            Interlocked.Decrement(ref _count);
            place = null;
            return false;
        }

        place = new Place(this);
        return true;
    }

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

    private sealed class Place(ConnectionRegistry registry) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                Interlocked.Decrement(ref registry._count);
            }
        }
    }
}
