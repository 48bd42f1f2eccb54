using System.ComponentModel.DataAnnotations;

namespace StreamChat.AgentWorker.Agents;

/// <summary>Section <c>Agent</c>: the agent that answers.</summary>
internal sealed class AgentOptions
{
    public const string Section = "Agent";

    /// <summary>Its name, as clients see it.</summary>
    [Required, StringLength(100, MinimumLength = 1)]
    public string Name { get; set; } = "Assistant";

    /// <summary>What the model is told before the conversation.</summary>
    [Required]
    public string Instructions { get; set; } =
        "You are a helpful, concise assistant. Answer in the user's language. Use the tools you are given whenever they help, " +
        "several at once where they do not depend on each other, and never invent their results.";

    /// <summary>How long a tool may take when it announces no time of its own, and the most that any may.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan ToolTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
