using System.Text.Json;
using Microsoft.Extensions.AI;

namespace StreamChat.AgentWorker.Agents.Team;

/// <summary>A way from one agent to another. To the model it is a tool without arguments.</summary>
/// <param name="ToId">Id of the agent that takes over.</param>
/// <param name="ToName">Its name.</param>
/// <param name="Declaration">The tool that the model sees.</param>
internal sealed record HandOff(string ToId, string ToName, AITool Declaration)
{
    /// <summary>What the names of all such tools begin with.</summary>
    public const string Prefix = "transfer_to_";

    private static readonly JsonElement NoParameters = JsonElement.Parse("""{"type":"object","properties":{}}""");

    public string Tool => Declaration.Name;

    public static HandOff To(string id, string name, string description) => new(
        id,
        name,
        AIFunctionFactory.CreateDeclaration(Prefix + id.ToLowerInvariant(), $"Hands the user on to {name}. {description}", NoParameters));
}
