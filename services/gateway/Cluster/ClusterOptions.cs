using System.ComponentModel.DataAnnotations;

namespace StreamChat.Gateway.Cluster;

/// <summary>Section <c>Cluster</c>: how gateways know of each other.</summary>
internal sealed class ClusterOptions
{
    public const string Section = "Cluster";

    /// <summary>How often a gateway tells the others what it serves.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan ReportInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a question to all gateways waits for those that do not answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many connections of one gateway a list names at most.</summary>
    [Range(1, 100_000)]
    public int ListedConnections { get; set; } = 1000;

    /// <summary>Questions to all gateways that may be open at a time; one more is refused.</summary>
    [Range(1, 1000)]
    public int OpenQuestions { get; set; } = 16;
}
