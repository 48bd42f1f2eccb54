using Microsoft.Extensions.AI;
using StreamChat.Contracts.Agents;

namespace StreamChat.AgentWorker.Models;

/// <summary>The request names a model that does not exist or that requests may not name; the message is for the user.</summary>
internal sealed class UnknownModelException(string name) : Exception($"There is no model named “{name}”.");

/// <summary>The models that this worker can ask.</summary>
internal interface IModelDirectory
{
    /// <summary>All, the default first.</summary>
    IReadOnlyList<ModelDescription> All { get; }

    /// <summary>Those that a request may name, the default first.</summary>
    IReadOnlyList<ModelDescription> Offered => All;

    /// <summary>The model to ask.</summary>
    /// <param name="asked">The name in the request, or null.</param>
    /// <param name="agents">The name that the agent at work is configured with, or null.</param>
    /// <exception cref="UnknownModelException">There is none of the name asked for, or requests may not name it.</exception>
    IChatClient Choose(string? asked, string? agents);
}
