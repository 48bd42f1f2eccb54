using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Agents.Team;

namespace StreamChat.AgentWorker.Agents;

/// <summary>What an agent may use at one moment: tools that are on offer, and ways to other agents.</summary>
internal sealed class AgentOffer
{
    private readonly HashSet<string> _tools;

    public AgentOffer(Agent agent, AgentTask task, ToolCatalog.Snapshot catalog, bool mayHandOn)
    {
        HandOffs = agent.HandOffs.ToDictionary(h => h.Tool, StringComparer.Ordinal);
        var tools = task.UseTools ? catalog.Declarations.Where(t => agent.MayCall(t.Name) && !HandOffs.ContainsKey(t.Name)).ToList() : [];
        _tools = tools.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        Declarations = [.. tools, .. mayHandOn ? agent.HandOffs.Select(h => h.Declaration) : []];
    }

    /// <summary>What the model is told of.</summary>
    public IList<AITool> Declarations { get; }

    /// <summary>The agent's hand-offs by the tool's name, also when the model is told of none because there were too many.</summary>
    public IReadOnlyDictionary<string, HandOff> HandOffs { get; }

    /// <summary>Whether a tool was offered.</summary>
    public bool Has(string tool) => _tools.Contains(tool);

    /// <summary>Whether a call means another agent, not a tool; also one that does not exist.</summary>
    public bool IsHandOff(FunctionCallContent call) =>
        HandOffs.ContainsKey(call.Name) || (call.Name.StartsWith(HandOff.Prefix, StringComparison.Ordinal) && !Has(call.Name));
}
