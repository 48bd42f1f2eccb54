using StreamChat.Gateway.Dialects;
using StreamChat.Hosting.Bus.Broker;

namespace StreamChat.Gateway.Connections;

/// <summary>
/// Tells clients that answers pause and requests are refused because of the broker, and when that is over: once a spell. One so short
/// that nobody would notice is not told.
/// </summary>
internal sealed class BrokerStatus(BrokerWatch broker, ConnectionRegistry registry, TimeProvider time) : BackgroundService
{
    /// <summary>How long something must be amiss before it is said.</summary>
    public static readonly TimeSpan Debounce = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private volatile ServiceStatus _told = ServiceStatus.Ok;

    /// <summary>What was said last; who connects now is told if it is not good.</summary>
    public ServiceStatus Current => _told;

    /// <summary>One look at the broker; tells everybody if there is something new.</summary>
    public void Look()
    {
        var status = broker.State switch
        {
            BrokerState.Available => ServiceStatus.Ok,
            BrokerState.Blocked => ServiceStatus.BrokerBlocked,
            _ => ServiceStatus.BrokerUnavailable,
        };
        if (status == _told || (status.IsDegraded && broker.Since < Debounce))
        {
            return;
        }

        _told = status;
        foreach (var connection in registry.Each)
        {
            connection.Tell(status);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Look();
        }
    }
}
