using StreamChat.Contracts.Agents;

namespace StreamChat.Gateway.Agents;

/// <summary>The agents that answer in this cluster.</summary>
internal interface IAgentDirectory
{
    /// <summary>Those that are there now, the one that a new conversation begins with first; empty while no worker has spoken.</summary>
    IReadOnlyList<AgentDescription> Agents { get; }
}
