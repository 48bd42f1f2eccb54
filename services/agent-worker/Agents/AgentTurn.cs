using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Agents.Context;
using StreamChat.AgentWorker.Runs;

namespace StreamChat.AgentWorker.Agents;

/// <summary>A run as the agents that take part in it share it: the conversation so far, and what was used up of the run's limits.</summary>
internal sealed class AgentTurn(AgentTask task, RunWriter writer, RunTranscript transcript, RunOptions limits)
{
    private int _replies;

    public AgentTask Task => task;

    public RunWriter Writer => writer;

    public RunTranscript Transcript => transcript;

    /// <summary>What is known of the thread's user and situation.</summary>
    public TurnContext Context { get; } = new(task, writer, transcript, limits.ThreadContextChars);

    /// <summary>Names of the guardrails that have looked at the user's message.</summary>
    public HashSet<string> Checked { get; } = new(StringComparer.Ordinal);

    /// <summary>What the model is shown, but for the system prompt of the agent at work.</summary>
    public List<ChatMessage> Messages { get; } = [.. Conversation.ToModel(task.Messages)];

    /// <summary>Who answered, and what it took.</summary>
    public RunTally Tally { get; } = new();

    /// <summary>How often the model was given the results of tools.</summary>
    public int ToolRounds { get; set; }

    /// <summary>How often the user was handed on.</summary>
    public int HandOffs { get; set; }

    /// <summary>The id of the model's next message.</summary>
    public string NextMessageId() => $"{task.RunId:N}-{++_replies}";
}
