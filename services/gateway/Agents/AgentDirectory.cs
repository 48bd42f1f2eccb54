using StreamChat.Contracts.Agents;

namespace StreamChat.Gateway.Agents;

/// <summary>The agents as agent-workers announced them. A worker that falls silent is forgotten.</summary>
internal sealed class AgentDirectory(TimeProvider time) : IAgentDirectory
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Word> _words = new(StringComparer.Ordinal);
    private Picture _picture = Picture.Empty;

    public IReadOnlyList<AgentDescription> Agents => Current().Agents;

    public IReadOnlyList<ModelDescription> Models => Current().Models;

    public IReadOnlyList<PersonalityDescription> Personalities => Current().Personalities;

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
                _words[announced.WorkerId] = new Word(announced, time.GetTimestamp());
            }

            _picture = Build();
        }
    }

    private Picture Current()
    {
        lock (_lock)
        {
            if (ForgetSilent())
            {
                _picture = Build();
            }

            return _picture;
        }
    }

    private bool ForgetSilent()
    {
        var silent = _words.Where(w => time.GetElapsedTime(w.Value.HeardAt) > w.Value.Said.ValidFor).Select(w => w.Key).ToList();
        silent.ForEach(id => _words.Remove(id));
        return silent.Count > 0;
    }

    // while workers of two configurations are there, the newest word on each counts
    private Picture Build()
    {
        var words = _words.Values.OrderByDescending(w => w.HeardAt).Select(w => w.Said).ToList();
        return new Picture(
            [.. words.SelectMany(w => w.Agents).DistinctBy(a => a.Name)],
            [.. words.SelectMany(w => w.Models).DistinctBy(m => m.Name)],
            [.. words.SelectMany(w => w.Personalities).DistinctBy(p => p.Id)]);
    }

    private sealed record Word(AgentsAnnounced Said, long HeardAt);

    private sealed record Picture(
        IReadOnlyList<AgentDescription> Agents, IReadOnlyList<ModelDescription> Models, IReadOnlyList<PersonalityDescription> Personalities)
    {
        public static readonly Picture Empty = new([], [], []);
    }
}
