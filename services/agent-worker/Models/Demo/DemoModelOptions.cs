using System.ComponentModel.DataAnnotations;

namespace StreamChat.AgentWorker.Models.Demo;

/// <summary>Section <c>Model:Demo</c>.</summary>
internal sealed class DemoModelOptions
{
    public const string Section = "Model:Demo";

    /// <summary>How fast the demo model speaks, in deltas per second; 0 is as fast as it can.</summary>
    [Range(0, 1_000_000)]
    public double TokensPerSecond { get; set; } = 40;
}
