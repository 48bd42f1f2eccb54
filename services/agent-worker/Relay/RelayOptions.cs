using System.ComponentModel.DataAnnotations;

namespace StreamChat.AgentWorker.Relay;

/// <summary>Section <c>Relay</c>: how a worker sends run events to gateways.</summary>
internal sealed class RelayOptions
{
    public const string Section = "Relay";

    /// <summary>A batch is closed at this many characters of text.</summary>
    [Range(1024, 4 * 1024 * 1024)]
    public int MaxBatchChars { get; set; } = 128 * 1024;

    /// <summary>When more text deltas of one run than this wait, they travel as one event.</summary>
    [Range(1, int.MaxValue)]
    public int MergeAbove { get; set; } = 16;

    /// <summary>The pause before a failed publish is tried again; doubled each time up to <see cref="MaxRetryDelay"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause between two tries.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long the queue of a gateway may be missing before the gateway counts as gone. One that has only lost its connection to the
    /// broker makes its queue anew and asks for its runs again.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan GoneAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>After this long without success a gateway counts as gone. Its clients attach again from elsewhere.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>A lane that no run uses is closed after this long.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan IdleAfter { get; set; } = TimeSpan.FromMinutes(5);
}
