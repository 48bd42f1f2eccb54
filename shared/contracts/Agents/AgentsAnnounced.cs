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

    /// <summary>The models that a request can name, the default first.</summary>
    public IReadOnlyList<ModelDescription> Models { get; init => field = value ?? []; } = [];

    /// <summary>The personalities that a request can name.</summary>
    public IReadOnlyList<PersonalityDescription> Personalities { get; init => field = value ?? []; } = [];

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

/// <summary>One model that answers can be had from.</summary>
public sealed record ModelDescription
{
    /// <summary>Its name here, unique; what a request calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Whose it is: <c>demo</c>, <c>openai</c> or <c>anthropic</c>.</summary>
    public required string Provider { get; init; }
}

/// <summary>One manner of answering.</summary>
public sealed record PersonalityDescription
{
    /// <summary>What a request calls it.</summary>
    public required string Id { get; init; }

    /// <summary>How the answers sound, in a sentence.</summary>
    public required string Description { get; init; }
}
