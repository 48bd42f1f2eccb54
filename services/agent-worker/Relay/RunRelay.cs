using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace StreamChat.AgentWorker.Relay;

/// <summary>The worker's outgoing side: a lane for each gateway that somebody watches a run of ours through.</summary>
internal sealed class RunRelay(
    WorkerIdentity identity, IRelayTransport transport, IOptions<RelayOptions> options, TimeProvider time, RelayMetrics metrics,
    ILogger<RelayLane> logger) : BackgroundService
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Lazy<RelayLane>> _lanes = new(StringComparer.Ordinal);

    /// <summary>Called with a lane that has closed by itself; the runs take their cursors back.</summary>
    public event Action<IRelayLane>? LaneClosed;

    /// <summary>Whether any run has a cursor on a lane; asked before an idle lane is closed.</summary>
    public Func<IRelayLane, bool>? InUse { get; set; }

    public IRelayLane LaneTo(string gatewayId) =>
        _lanes.GetOrAdd(gatewayId, id => new Lazy<RelayLane>(() =>
            new RelayLane(id, identity.WorkerId, transport, options.Value, time, metrics, logger, Closed))).Value;

    /// <summary>One pass over the lanes: closes those that nobody has used for <see cref="RelayOptions.IdleAfter"/>.</summary>
    public async Task SweepAsync()
    {
        foreach (var (gatewayId, lane) in _lanes)
        {
            if (lane.IsValueCreated && lane.Value.Idle > options.Value.IdleAfter && InUse?.Invoke(lane.Value) != true)
            {
                _lanes.TryRemove(KeyValuePair.Create(gatewayId, lane));
                await lane.Value.DisposeAsync();
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (var lane in _lanes.Values)
        {
            await lane.Value.DisposeAsync();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SweepInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await SweepAsync();
        }
    }

    private void Closed(RelayLane lane)
    {
        if (_lanes.TryGetValue(lane.GatewayId, out var current) && current.IsValueCreated && current.Value == lane)
        {
            _lanes.TryRemove(KeyValuePair.Create(lane.GatewayId, current));
        }

        LaneClosed?.Invoke(lane);
    }
}
