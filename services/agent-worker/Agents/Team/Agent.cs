namespace StreamChat.AgentWorker.Agents.Team;

/// <summary>One agent as it works.</summary>
internal sealed record Agent
{
    public required string Id { get; init; }

    /// <summary>As clients and events call it.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, for people and for the other agents.</summary>
    public required string Description { get; init; }

    public required string Instructions { get; init; }

    /// <summary>Name of its model; null for the default one.</summary>
    public string? Model { get; init; }

    /// <summary>Names of the tools that it may call, whether or not they are on offer.</summary>
    public required IReadOnlyList<string> Tools { get; init; }

    public required IReadOnlyList<HandOff> HandOffs { get; init; }

    /// <summary>Names of the checks made on what the user says before it answers.</summary>
    public required IReadOnlyList<string> InputGuardrails { get; init; }

    /// <summary>Whether requests may name it. If not, clients are not shown it, and only other agents can hand the user on to it.</summary>
    public bool Offered { get; init; } = true;

    /// <summary>Whether it may call a tool.</summary>
    public bool MayCall(string tool) => Tools.Contains(AgentsOptions.EveryTool) || Tools.Contains(tool, StringComparer.Ordinal);
}
