using System.ComponentModel.DataAnnotations;

namespace StreamChat.AgentWorker.Memory;

/// <summary>What becomes of the part of a conversation that is not shown to the model any more.</summary>
internal enum OlderTurns
{
    /// <summary>The model knows nothing of it. It stays in the thread for people to read.</summary>
    Drop,

    /// <summary>The model is shown a summary of it, which a model makes after a run.</summary>
    Summarise,
}

/// <summary>Section <c>Memory</c>.</summary>
internal sealed class MemoryOptions
{
    public const string Section = "Memory";

    /// <summary>What becomes of older turns.</summary>
    [EnumDataType(typeof(OlderTurns))]
    public OlderTurns Older { get; set; }

    /// <summary>How long a summary may be, in tokens.</summary>
    [Range(50, 100_000)]
    public int SummaryTokens { get; set; } = 500;

    /// <summary>How long a model may take for one.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan SummaryTimeout { get; set; } = TimeSpan.FromMinutes(1);
}
