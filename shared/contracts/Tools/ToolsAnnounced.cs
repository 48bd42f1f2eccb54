using System.Text.Json;

namespace StreamChat.Contracts.Tools;

/// <summary>
/// A tool-worker tells every agent-worker what it offers: at its start, when asked with <see cref="ToolsRequested"/>, every few
/// seconds, and with no tools when it stops.
/// </summary>
public sealed record ToolsAnnounced
{
    /// <summary>The tool-worker that speaks. Its newer announcement replaces its older one.</summary>
    public required string ToolWorkerId { get; init; }

    /// <summary>The tools it runs.</summary>
    public required IReadOnlyList<ToolDescription> Tools { get; init; }

    /// <summary>How long this holds unless repeated.</summary>
    public required TimeSpan ValidFor { get; init; }
}

/// <summary>Asks every tool-worker to announce its tools now. Published by an agent-worker at its start.</summary>
public sealed record ToolsRequested
{
    /// <summary>The agent-worker that asks.</summary>
    public required string WorkerId { get; init; }
}

/// <summary>One tool as the model sees it.</summary>
public sealed record ToolDescription
{
    /// <summary>A hand-off to another agent is to the model a tool whose name begins with this. No real tool may have such a name.</summary>
    public const string HandOffPrefix = "transfer_to_";

    /// <summary>Name, unique over all tool-workers; the same name on two workers is the same tool.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, for the model.</summary>
    public required string Description { get; init; }

    /// <summary>JSON schema of the arguments.</summary>
    public required JsonElement Parameters { get; init; }

    /// <summary>How long a caller should wait.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Whether running it twice does no harm.</summary>
    public required bool SafeToRepeat { get; init; }
}
