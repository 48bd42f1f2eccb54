using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Agents.Context;
using StreamChat.AgentWorker.Runs;

namespace StreamChat.AgentWorker.Agents;

/// <summary>A run as the agents that take part in it share it: the conversation so far, and what was used up of the run's limits.</summary>
internal sealed class AgentTurn(AgentTask task, RunWriter writer, RunTranscript transcript, RunOptions limits)
{
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

    /// <summary>How many replies the models have made.</summary>
    public int Replies { get; private set; }

    /// <summary>How many messages the request added to the thread.</summary>
    public int Given { get; } = transcript.Messages().Count;

    /// <summary>The calls of tools that came to an error.</summary>
    public HashSet<string> FailedCalls { get; } = new(StringComparer.Ordinal);

    /// <summary>The id of the model's next message.</summary>
    public string NextMessageId() => $"{task.RunId:N}-{++Replies}";

    /// <summary>Takes over what an earlier attempt of the run had used up.</summary>
    public void Resume(int replies, int toolRounds, int handOffs, IEnumerable<string> checks)
    {
        (Replies, ToolRounds, HandOffs) = (replies, toolRounds, handOffs);
        Checked.UnionWith(checks);
    }
}
