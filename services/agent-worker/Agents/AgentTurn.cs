using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.AgentWorker.Runs;

namespace StreamChat.AgentWorker.Agents;

/// <summary>A run as the agents that take part in it share it: the conversation so far, and what was used up of the run's limits.</summary>
internal sealed class AgentTurn(AgentTask task, RunWriter writer, RunTranscript transcript)
{
    private int _replies;

    public AgentTask Task => task;

    public RunWriter Writer => writer;

    public RunTranscript Transcript => transcript;

    /// <summary>What the model is shown, but for the system prompt of the agent at work.</summary>
    public List<ChatMessage> Messages { get; } = [.. Conversation.ToModel(task.Messages)];

    /// <summary>How often the model was given the results of tools.</summary>
    public int ToolRounds { get; set; }

    /// <summary>How often the user was handed on.</summary>
    public int HandOffs { get; set; }

    /// <summary>The id of the model's next message.</summary>
    public string NextMessageId() => $"{task.RunId:N}-{++_replies}";
}

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
