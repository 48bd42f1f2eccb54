using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace StreamChat.Gateway.Limits;

/// <summary>How many connections there may be in one dialect, on one gateway; 0 for any number.</summary>
/// <param name="PerGateway">In all; the next handshake gets 503.</param>
/// <param name="PerUser">Of one user; the next handshake gets 429.</param>
internal readonly record struct ConnectionLimits(int PerGateway = 0, int PerUser = 0);

/// <summary>Which limit a handshake met.</summary>
internal enum PlaceLimit
{
    Gateway,
    Dialect,
    User,
    Address,
}

/// <summary>
/// The places for connections on this gateway: in all, by dialect, by user and by address. A place is reserved before the handshake
/// is answered, all of it or nothing, so that of any number at once exactly as many get in as may.
/// </summary>
internal sealed class ConnectionPlaces(IOptions<LimitsOptions> options, AddressLimits addresses)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<object, int> _taken = [];
    private int _count;

    /// <summary>How many are taken.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many are taken in a dialect.</summary>
    public int CountOf(string dialect)
    {
        lock (_lock)
        {
            return _taken.GetValueOrDefault(new DialectKey(dialect));
        }
    }

    /// <summary>Takes a place.</summary>
    /// <param name="dialect">Name of the dialect.</param>
    /// <param name="own">What is different for it.</param>
    /// <param name="userId">Whose; null for nobody in particular.</param>
    /// <param name="address">From where; null when that is not known.</param>
    /// <param name="place">To be disposed when the connection has ended.</param>
    /// <returns>The limit that was met; null when there is a place.</returns>
    public PlaceLimit? TryReserve(string dialect, ConnectionLimits own, string? userId, IPAddress? address, out Place? place)
    {
        var limits = options.Value;
        var byDialect = new DialectKey(dialect);
        object? byUser = userId is null ? null : new UserKey(dialect, userId);
        object? byPerson = userId is null ? null : new UserKey(null, userId);
        object? byAddress = address is null ? null : new AddressKey(Network(address));
        lock (_lock)
        {
            PlaceLimit? met =
                limits.Connections > 0 && _count >= limits.Connections ? PlaceLimit.Gateway
                : IsFull(byDialect, own.PerGateway) ? PlaceLimit.Dialect
                : IsFull(byUser, own.PerUser) || IsFull(byPerson, limits.ConnectionsPerUser) ? PlaceLimit.User
                : address is not null && IsFull(byAddress, addresses.Connections(address)) ? PlaceLimit.Address
                : null;
            if (met is not null)
            {
                place = null;
                return met;
            }

            _count++;
            Add(byDialect);
            Add(byUser);
            Add(byPerson);
            Add(byAddress);
            place = new Place(this, byDialect, [byUser, byPerson, byAddress]);
            return null;
        }
    }

    /// <summary>What counts as one address: an IPv6 client owns at least the lower half of its own.</summary>
    internal static IPAddress Network(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        if (bytes.Length == 4)
        {
            return address;
        }

        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private bool IsFull(object? key, int limit) => key is not null && limit > 0 && _taken.GetValueOrDefault(key) >= limit;

    private void Add(object? key)
    {
        if (key is not null)
        {
            _taken[key] = _taken.GetValueOrDefault(key) + 1;
        }
    }

    private void Remove(object? key)
    {
        if (key is not null && --CollectionsMarshal.GetValueRefOrNullRef(_taken, key) == 0)
        {
            _taken.Remove(key);
        }
    }

    /// <summary>The place of one connection.</summary>
    internal sealed class Place : IDisposable
    {
        private readonly ConnectionPlaces _places;
        private readonly object?[] _others;
        private DialectKey _dialect;
        private bool _disposed;

        internal Place(ConnectionPlaces places, DialectKey dialect, object?[] others)
        {
            _places = places;
            _dialect = dialect;
            _others = others;
        }

        /// <summary>
        /// Counts for another dialect from now on, whose limit does not matter any more: a path that serves two has shown which it is.
        /// </summary>
        public void MoveTo(string dialect)
        {
            lock (_places._lock)
            {
                if (!_disposed)
                {
                    _places.Remove(_dialect);
                    _dialect = new DialectKey(dialect);
                    _places.Add(_dialect);
                }
            }
        }

        public void Dispose()
        {
            lock (_places._lock)
            {
                if (_disposed)
                {
                    return;
                }

                _disposed = true;
                _places._count--;
                _places.Remove(_dialect);
                Array.ForEach(_others, _places.Remove);
            }
        }
    }

    internal sealed record DialectKey(string Dialect);

    /// <summary>A user's connections in a dialect, or in all of them.</summary>
    private sealed record UserKey(string? Dialect, string UserId);

    private sealed record AddressKey(IPAddress Network);
}
