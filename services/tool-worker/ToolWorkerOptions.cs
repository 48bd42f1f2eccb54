using System.ComponentModel.DataAnnotations;

namespace StreamChat.ToolWorker;

/// <summary>Section <c>ToolWorker</c>.</summary>
internal sealed class ToolWorkerOptions
{
    public const string Section = "ToolWorker";

    /// <summary>How many calls one process works on at once.</summary>
    [Range(1, 10_000)]
    public int Concurrency { get; set; } = 64;

    /// <summary>The largest result that is passed on, in bytes of UTF-8 JSON; a larger one becomes an error.</summary>
    [Range(64, 16 * 1024 * 1024)]
    public int MaxResultBytes { get; set; } = 64 * 1024;

    /// <summary>How often the tools are announced, so that agent-workers notice when this process falls silent.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan AnnounceInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the next report of a call's progress waits after one; of those in between the newest counts.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan ProgressInterval { get; set; } = TimeSpan.FromMilliseconds(100);
}
