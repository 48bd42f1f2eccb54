using StreamChat.Contracts.Agents;

namespace StreamChat.Gateway.Agents;

/// <summary>The agents as agent-workers announced them. A worker that falls silent is forgotten.</summary>
internal sealed class AgentDirectory(TimeProvider time) : IAgentDirectory
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Word> _words = new(StringComparer.Ordinal);
    private Picture _picture = Picture.Empty;
    private bool _hears = true;

    public IReadOnlyList<AgentDescription> Agents => Current().Agents;

    public IReadOnlyList<ModelDescription> Models => Current().Models;

    public IReadOnlyList<PersonalityDescription> Personalities => Current().Personalities;

    /// <summary>
    /// Whether announcements arrive. While they do not, nobody falls silent; when they do again, all have as long as if they had just spoken.
    /// </summary>
    public bool Hears
    {
        set
        {
            lock (_lock)
            {
                if (value && !_hears)
                {
                    foreach (var (id, word) in _words.ToList())
                    {
                        _words[id] = word with { HeardAt = time.GetTimestamp() };
                    }
                }

                _hears = value;
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
        var silent = _words.Where(w => _hears && time.GetElapsedTime(w.Value.HeardAt) > w.Value.Said.ValidFor).Select(w => w.Key).ToList();
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
