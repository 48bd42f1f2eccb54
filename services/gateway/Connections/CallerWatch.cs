using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using StreamChat.Gateway.Auth;

namespace StreamChat.Gateway.Connections;

/// <summary>
/// Closes connections whose access token has expired, within a second, or was revoked, at once. One timer for all of them, instead
/// of one each.
/// </summary>
internal sealed class CallerWatch(
    ConnectionRegistry registry, Authenticator authenticator, Revocations revocations, IOptions<AuthOptions> options, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<object, (Caller Caller, Action End)> _others = new();

    /// <summary>Watches over something else that is served for long.</summary>
    /// <param name="caller">For whom.</param>
    /// <param name="end">Ends it.</param>
    /// <returns>To be disposed when it has ended.</returns>
    public IDisposable Watch(Caller caller, Action end)
    {
        var watched = new Watched(this);
        _others[watched] = (caller, end);
        return watched;
    }

    /// <summary>One pass over the connections.</summary>
    public void Check()
    {
        foreach (var connection in registry.Each)
        {
            switch (authenticator.StateOf(connection.Caller))
            {
                case TokenState.Expired:
                    connection.Close(CloseReason.TokenExpired);
                    break;
                case TokenState.Revoked:
                    connection.Close(CloseReason.TokenRevoked);
                    break;
            }
        }

        foreach (var (_, other) in _others)
        {
            if (authenticator.StateOf(other.Caller) != TokenState.Good)
            {
                other.End();
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Required)
        {
            return;
        }

        revocations.Added += Check;
        try
        {
            using var timer = new PeriodicTimer(Interval, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Check();
            }
        }
        finally
        {
            revocations.Added -= Check;
        }
    }

    private sealed class Watched(CallerWatch watch) : IDisposable
    {
        public void Dispose() => watch._others.TryRemove(this, out _);
    }
}
