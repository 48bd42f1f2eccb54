using System.Text.Json;
using StreamChat.AgentWorker.Agents.ClientTools;
using StreamChat.AgentWorker.Agents.Journal;
using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Runs;

namespace StreamChat.AgentWorker.Agents;

/// <summary>A limit of the run was reached; the message is for the user.</summary>
internal sealed class RunLimitException(string message) : Exception(message);

/// <summary>What the loop needs to know of a run.</summary>
internal sealed record AgentTask
{
    public required Guid RunId { get; init; }

    public required string ThreadId { get; init; }

    public required string UserId { get; init; }

    /// <summary>The conversation with the new message at its end.</summary>
    public required IReadOnlyList<StoredMessage> Messages { get; init; }

    /// <summary>Name of the agent that the request wants, or null.</summary>
    public string? Agent { get; init; }

    /// <summary>Name of the agent that the thread is with, or null.</summary>
    public string? ThreadAgent { get; init; }

    /// <summary>Id of the personality that the request wants, or null.</summary>
    public string? Personality { get; init; }

    /// <summary>False when no tools are to be offered; hand-offs are.</summary>
    public bool UseTools { get; init; } = true;

    /// <summary>Name of the model that the request wants, or null.</summary>
    public string? Model { get; init; }

    /// <summary>The thread's context as it was, a JSON object; null when there is none.</summary>
    public string? ThreadContext { get; init; }

    /// <summary>What the client holds the thread's context to be, or null.</summary>
    public JsonElement? State { get; init; }

    /// <summary>What the client's application knows, or null.</summary>
    public JsonElement? Context { get; init; }

    /// <summary>Tools that the client itself runs.</summary>
    public IReadOnlyList<ClientTool> ClientTools { get; init; } = [];

    /// <summary>What the client says of their calls.</summary>
    public ClientToolAnswers ClientAnswers { get; init; } = new();

    /// <summary>Where the run is written down on its way; null when it need not be.</summary>
    public RunJournal? Journal { get; init; }

    /// <summary>Where an earlier attempt of the run had come to; null to begin at the beginning.</summary>
    public JournalState? ResumeFrom { get; init; }

    /// <summary>What the model had said then of its next reply.</summary>
    public IReadOnlyList<SaidText> SaidThen { get; init; } = [];
}
