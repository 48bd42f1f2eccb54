using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace StreamChat.Gateway.Connections;

/// <summary>Who is connected to this gateway.</summary>
internal sealed class ConnectionRegistry
{
    private readonly ConcurrentDictionary<string, Connection> _connections = new(StringComparer.Ordinal);
    private int _count;
    private long _total;
    private long _framesOfClosed;
    private volatile bool _draining;

    /// <summary>How many are open, handshakes under way included.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many were ever accepted.</summary>
    public long Total => Volatile.Read(ref _total);

    /// <summary>How many frames were ever sent.</summary>
    public long FramesSent => Volatile.Read(ref _framesOfClosed) + _connections.Values.Sum(c => c.FramesSent);

    /// <summary>This process stops: no new connections.</summary>
    public bool Draining => _draining;

    public ICollection<Connection> All => _connections.Values;

    /// <summary>How many open connections speak a dialect; on a path that serves several, the path's own until they have shown which.</summary>
    /// <param name="dialect">Its name.</param>
    public int CountOf(string dialect) => _connections.Values.Count(c => c.Dialect.Name == dialect);

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
        Interlocked.Increment(ref _total);
        if (_draining)
        {
            connection.Close(CloseReason.Restart);
        }
    }

    public void Remove(Connection connection)
    {
        if (_connections.TryRemove(connection.Id, out _))
        {
            Interlocked.Add(ref _framesOfClosed, connection.FramesSent);
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
