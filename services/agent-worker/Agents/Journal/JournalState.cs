using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamChat.AgentWorker.Agents.Journal;

/// <summary>A run at one of its steps, so that another worker can go on from there.</summary>
internal sealed record JournalState
{
    /// <summary>Name of the agent at work, or that comes next.</summary>
    public required string Agent { get; init; }

    /// <summary>The thread's context as the run had changed it, a JSON object; null when it had not.</summary>
    public string? Context { get; init; }

    /// <summary>How many replies the models had made.</summary>
    public required int Replies { get; init; }

    /// <summary>What was used up of the run's limits.</summary>
    public required int ToolRounds { get; init; }

    /// <inheritdoc cref="ToolRounds"/>
    public required int HandOffs { get; init; }

    /// <summary>Names of the guardrails that had let the user's message pass.</summary>
    public required IReadOnlyList<string> Checked { get; init; }

    /// <summary>What the run had added to the thread, in order; when the last one makes calls, they are not answered.</summary>
    public required IReadOnlyList<JournalMessage> Messages { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, JournalJson.Default.JournalState);

    /// <summary>Null when there is none, or none that this version can read: the run then begins anew.</summary>
    public static JournalState? Parse(string? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize(json, JournalJson.Default.JournalState);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A message of an agent, or the result of a tool.</summary>
internal sealed record JournalMessage
{
    public required string Id { get; init; }

    public required string Content { get; init; }

    /// <summary>Name of the agent that said it; null on a tool's result.</summary>
    public string? Agent { get; init; }

    /// <summary>On an agent's message: its calls, as stored with it.</summary>
    public string? ToolCalls { get; init; }

    /// <summary>On a tool's result: the call that it answers.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>On a tool's result: whether it is an error.</summary>
    public bool IsError { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JournalState))]
internal sealed partial class JournalJson : JsonSerializerContext;
