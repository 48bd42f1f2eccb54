using System.ComponentModel.DataAnnotations;

namespace StreamChat.Hosting.Work;

/// <summary>Section <c>Limits:Work</c>: computations over somebody's input that do not stop when they should.</summary>
public sealed class WorkOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Limits:Work";

    /// <summary>How long a computation may take to stop after a cancel or its deadline. Then it is abandoned.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan StopTime { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How many abandoned computations may still run in this process. At this number it begins no more work of this kind, and its health
    /// checks fail so that it is restarted: nothing else ends a thread that computes forever. What was running at that moment may exceed it.
    /// </summary>
    [Range(1, 10_000)]
    public int Abandoned { get; set; } = 16;
}
