using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.Contracts.Runs;

namespace StreamChat.AgentWorker.Agents;

/// <summary>What an agent may use at one moment: tools that are on offer, tools of the client, and ways to other agents.</summary>
internal sealed class AgentOffer
{
    private static readonly JsonElement NoParameters = JsonElement.Parse("""{"type":"object","properties":{}}""");

    private readonly HashSet<string> _tools;
    private readonly HashSet<string> _clientTools;

    public AgentOffer(Agent agent, AgentTask task, ToolCatalog.Snapshot catalog, bool mayHandOn)
    {
        HandOffs = agent.HandOffs.ToDictionary(h => h.Tool, StringComparer.Ordinal);
        var tools = task.UseTools ? catalog.Declarations.Where(t => agent.MayCall(t.Name)).ToList() : [];
        _tools = tools.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);

        // a name means the same to every agent of the run: where tool-workers have a tool of it, the client's is hidden
        var own = task.UseTools ? task.ClientTools.Where(t => !catalog.Tools.ContainsKey(t.Name) && !HandOff.IsName(t.Name)).ToList() : [];
        _clientTools = own.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        Declarations = [.. tools, .. own.Select(Declare), .. mayHandOn ? agent.HandOffs.Select(h => h.Declaration) : []];
    }

    /// <summary>What the model is told of.</summary>
    public IList<AITool> Declarations { get; }

    /// <summary>The agent's hand-offs by the tool's name, also when the model is told of none because there were too many.</summary>
    public IReadOnlyDictionary<string, HandOff> HandOffs { get; }

    /// <summary>Whether a tool was offered.</summary>
    public bool Has(string tool) => _tools.Contains(tool);

    /// <summary>Whether a tool was offered that the client runs.</summary>
    public bool IsClients(string tool) => _clientTools.Contains(tool);

    /// <summary>Whether a call means another agent, not a tool; also one that does not exist.</summary>
    public bool IsHandOff(FunctionCallContent call) => HandOffs.ContainsKey(call.Name) || HandOff.IsName(call.Name);

    private static AITool Declare(ClientTool tool) => AIFunctionFactory.CreateDeclaration(tool.Name, tool.Description, tool.Parameters ?? NoParameters);
}
