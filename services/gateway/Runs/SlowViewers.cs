using System.Collections.Concurrent;

namespace StreamChat.Gateway.Runs;

/// <summary>Runs of which somebody here has been left out for want of room, because the client reads more slowly than the run speaks.</summary>
internal sealed class SlowViewers
{
    private readonly ConcurrentDictionary<GatewayRun, bool> _runs = new();

    public void Add(GatewayRun run) => _runs.TryAdd(run, true);

    public void Remove(GatewayRun run) => _runs.TryRemove(run, out _);

    public IEnumerable<GatewayRun> All() => _runs.Select(r => r.Key);
}
