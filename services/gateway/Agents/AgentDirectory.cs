using StreamChat.Contracts.Agents;

namespace StreamChat.Gateway.Agents;

/// <summary>The agents as agent-workers announced them. A worker that falls silent is forgotten.</summary>
internal sealed class AgentDirectory(TimeProvider time) : IAgentDirectory
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Word> _words = new(StringComparer.Ordinal);
    private IReadOnlyList<AgentDescription> _agents = [];

    public IReadOnlyList<AgentDescription> Agents
    {
        get
        {
            lock (_lock)
            {
                if (ForgetSilent())
                {
                    _agents = Build();
                }

                return _agents;
            }
        }
    }

    /// <summary>Takes an announcement; the newest of a worker replaces its older ones.</summary>
    public void Announce(AgentsAnnounced announced)
    {
        lock (_lock)
        {
            ForgetSilent();
            if (announced.Agents.Count == 0)
            {
                _words.Remove(announced.WorkerId);
            }
            else
            {
                _words[announced.WorkerId] = new Word(announced.Agents, time.GetTimestamp(), announced.ValidFor);
            }

            _agents = Build();
        }
    }

    private bool ForgetSilent()
    {
        var silent = _words.Where(w => time.GetElapsedTime(w.Value.HeardAt) > w.Value.ValidFor).Select(w => w.Key).ToList();
        silent.ForEach(id => _words.Remove(id));
        return silent.Count > 0;
    }

    // while workers of two configurations are there, the newest word on an agent counts
    private List<AgentDescription> Build() => _words.Values.OrderByDescending(w => w.HeardAt).SelectMany(w => w.Agents).DistinctBy(a => a.Name).ToList();

    private sealed record Word(IReadOnlyList<AgentDescription> Agents, long HeardAt, TimeSpan ValidFor);
}
