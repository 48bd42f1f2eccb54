using System.Collections.Concurrent;

namespace StreamChat.Gateway.Runs;

/// <summary>The runs that connections of this gateway see, by id. Bounded by connections and their limits.</summary>
internal sealed class RunRegistry
{
    private readonly ConcurrentDictionary<Guid, GatewayRun> _runs = new();

    public int Count => _runs.Count;

    /// <summary>Those that are there now.</summary>
    public IReadOnlyList<GatewayRun> All => [.. _runs.Select(r => r.Value)];

    public GatewayRun? Find(Guid runId) => _runs.GetValueOrDefault(runId);

    /// <returns>The run that is known under this id, which is the given one when the id is new.</returns>
    public GatewayRun GetOrAdd(GatewayRun run) => _runs.GetOrAdd(run.RunId, run);

    /// <returns>False when it was removed before.</returns>
    public bool Remove(GatewayRun run) => _runs.TryRemove(KeyValuePair.Create(run.RunId, run));
}
