using StreamChat.Contracts.Agents;

namespace StreamChat.Gateway.Agents;

/// <summary>The agents that answer in this cluster, and what a request can choose besides.</summary>
internal interface IAgentDirectory
{
    /// <summary>Those that are there now, the one that a new conversation begins with first; empty while no worker has spoken.</summary>
    IReadOnlyList<AgentDescription> Agents { get; }

    /// <summary>The models that a request can name, the default first.</summary>
    IReadOnlyList<ModelDescription> Models { get; }

    /// <summary>The personalities that a request can name.</summary>
    IReadOnlyList<PersonalityDescription> Personalities { get; }
}
