using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.Contracts.Tools;

namespace StreamChat.AgentWorker.Agents.Team;

/// <summary>A way from one agent to another. To the model it is a tool without arguments.</summary>
/// <param name="ToId">Id of the agent that takes over.</param>
/// <param name="ToName">Its name.</param>
/// <param name="Declaration">The tool that the model sees.</param>
internal sealed record HandOff(string ToId, string ToName, AITool Declaration)
{
    /// <summary>What the names of all such tools begin with.</summary>
    public const string Prefix = ToolDescription.HandOffPrefix;

    private static readonly JsonElement NoParameters = JsonElement.Parse("""{"type":"object","properties":{}}""");

    public string Tool => Declaration.Name;

    /// <summary>Whether a name means a hand-off, possible or not. No tool may have such a name, whoever offers it.</summary>
    public static bool IsName(string tool) => tool.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    public static HandOff To(string id, string name, string description) => new(
        id,
        name,
        AIFunctionFactory.CreateDeclaration(Prefix + id.ToLowerInvariant(), $"Hands the user on to {name}. {description}", NoParameters));
}
