using Microsoft.Extensions.Options;

namespace StreamChat.AgentWorker.Agents.Team;

/// <summary>The request names an agent that does not exist or that requests may not name; the message is for the user.</summary>
internal sealed class UnknownAgentException(string name) : Exception($"There is no agent named “{name}”.");

/// <summary>The agents of this worker.</summary>
internal sealed class AgentTeam
{
    private readonly Dictionary<string, Agent> _byId;

    public AgentTeam(IOptions<AgentsOptions> options)
    {
        var team = TeamRules.Merge(options.Value);
        var start = options.Value.Start;
        All = [.. team.OrderByDescending(a => IsStart(a.Key)).Select(a => Build(a.Key, a.Value))];
        _byId = All.ToDictionary(a => a.Id, StringComparer.OrdinalIgnoreCase);

        bool IsStart(string id) => id.Equals(start, StringComparison.OrdinalIgnoreCase);

        Agent Build(string id, AgentSettings settings) => new()
        {
            Id = id,
            Name = settings.Name!,
            Description = settings.Description!,
            Instructions = settings.Instructions!,
            Model = settings.Model,
            Tools = settings.Tools ?? [],
            HandOffs = [.. team.Where(other => MayHandOn(id, settings, other.Key)).Select(o => HandOff.To(o.Key, o.Value.Name!, o.Value.Description!))],
            InputGuardrails = settings.InputGuardrails ?? [],
            Offered = settings.Offered,
        };

        bool MayHandOn(string from, AgentSettings settings, string to) =>
            !from.Equals(to, StringComparison.OrdinalIgnoreCase)
            && (settings.HandOffs?.Contains(to, StringComparer.OrdinalIgnoreCase) ?? (IsStart(from) || IsStart(to)));
    }

    /// <summary>All of them, the one that a new conversation begins with first.</summary>
    public IReadOnlyList<Agent> All { get; }

    /// <summary>The agent to begin a run with.</summary>
    /// <param name="asked">The name in the request, or null.</param>
    /// <param name="remembered">The name of the agent that the thread is with, or null.</param>
    /// <exception cref="UnknownAgentException">There is none of the name asked for, or requests may not name it.</exception>
    public Agent Choose(string? asked, string? remembered) =>
        asked is null ? Find(remembered) ?? All[0]
        : Find(asked) is { Offered: true } agent ? agent
        : throw new UnknownAgentException(asked);

    public Agent Get(HandOff handOff) => _byId[handOff.ToId];

    private Agent? Find(string? name) => name is null ? null : All.FirstOrDefault(a => a.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
