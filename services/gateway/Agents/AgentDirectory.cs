using StreamChat.Contracts.Agents;
using StreamChat.Hosting.Bus;

namespace StreamChat.Gateway.Agents;

/// <summary>The agents as agent-workers announced them. A worker that falls silent is forgotten.</summary>
internal sealed class AgentDirectory(TimeProvider time) : IAgentDirectory
{
    private readonly Lock _lock = new();
    private readonly Announcements<AgentsAnnounced> _words = new(time);
    private Picture _picture = Picture.Empty;

    public IReadOnlyList<AgentDescription> Agents => Current().Agents;

    public IReadOnlyList<ModelDescription> Models => Current().Models;

    public IReadOnlyList<PersonalityDescription> Personalities => Current().Personalities;

    /// <inheritdoc cref="Announcements{T}.Hears"/>
    public bool Hears
    {
        set
        {
            lock (_lock)
            {
                _words.Hears = value;
            }
        }
    }

    /// <summary>Takes an announcement; the newest of a worker replaces its older ones.</summary>
    public void Announce(AgentsAnnounced announced)
    {
        lock (_lock)
        {
            _words.ForgetSilent();
            if (announced.Agents.Count == 0)
            {
                _words.Withdraw(announced.WorkerId);
            }
            else
            {
                _words.Take(announced.WorkerId, announced, announced.ValidFor);
            }

            _picture = Build();
        }
    }

    private Picture Current()
    {
        lock (_lock)
        {
            if (_words.ForgetSilent())
            {
                _picture = Build();
            }

            return _picture;
        }
    }

    // while workers of two configurations are there, the newest word on each counts
    private Picture Build()
    {
        var words = _words.NewestFirst.ToList();
        return new Picture(
            [.. words.SelectMany(w => w.Agents).DistinctBy(a => a.Name)],
            [.. words.SelectMany(w => w.Models).DistinctBy(m => m.Name)],
            [.. words.SelectMany(w => w.Personalities).DistinctBy(p => p.Id)]);
    }

    private sealed record Picture(
        IReadOnlyList<AgentDescription> Agents, IReadOnlyList<ModelDescription> Models, IReadOnlyList<PersonalityDescription> Personalities)
    {
        public static readonly Picture Empty = new([], [], []);
    }
}
