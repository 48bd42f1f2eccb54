using System.ComponentModel.DataAnnotations;

namespace StreamChat.Hosting.Work;

/// <summary>Section <c>Limits:Work</c>: computations over somebody's input that do not stop when they should.</summary>
public sealed class WorkOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Limits:Work";

    /// <summary>How long a computation may take to stop after it was cancelled or its time was over; then it is abandoned.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan StopTime { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How many abandoned computations may still run in this process. At so many it begins no more work of this kind, and its health
    /// checks fail, so that it is restarted: nothing else stops a thread that computes without end.
    /// </summary>
    [Range(1, 10_000)]
    public int Abandoned { get; set; } = 16;
}
