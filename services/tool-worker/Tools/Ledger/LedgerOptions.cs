using System.ComponentModel.DataAnnotations;

namespace StreamChat.ToolWorker.Tools.Ledger;

/// <summary>Section <c>Tools:Ledger</c>.</summary>
internal sealed class LedgerOptions
{
    public const string Section = "Tools:Ledger";

    /// <summary>
    /// How long a process that works on a call may be silent before it counts as dead. It speaks three times as often; a process that
    /// finds a call in hand elsewhere waits for it so long.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.3", "00:01:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>How long the results of calls are kept, to be found again when a call is delivered again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How often those that were kept long enough are removed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan CleanupInterval { get; set; } = TimeSpan.FromMinutes(1);
}
