namespace StreamChat.Contracts.Agents;

/// <summary>
/// An agent-worker tells every gateway which agents it has: at its start, when asked with <see cref="AgentsRequested"/> and every
/// few seconds. One that falls silent is forgotten.
/// </summary>
public sealed record AgentsAnnounced
{
    /// <summary>Who speaks.</summary>
    public required string WorkerId { get; init; }

    /// <summary>All its agents, the one that a new conversation begins with first; empty when it stops.</summary>
    public required IReadOnlyList<AgentDescription> Agents { get; init; }

    /// <summary>For how long this holds without being said again.</summary>
    public required TimeSpan ValidFor { get; init; }
}

/// <summary>A gateway that has just started asks the agent-workers to announce their agents.</summary>
public sealed record AgentsRequested
{
    /// <summary>Who asks.</summary>
    public required string GatewayId { get; init; }
}

/// <summary>One agent, as people and clients see it.</summary>
public sealed record AgentDescription
{
    /// <summary>Its name, unique; what runs and events call it.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, in a sentence.</summary>
    public required string Description { get; init; }

    /// <summary>Names of the agents that it may hand the user on to.</summary>
    public required IReadOnlyList<string> HandOffs { get; init; }

    /// <summary>Names of the tools that it may call.</summary>
    public required IReadOnlyList<string> Tools { get; init; }

    /// <summary>Names of the checks made on what the user says before it answers.</summary>
    public required IReadOnlyList<string> InputGuardrails { get; init; }
}
