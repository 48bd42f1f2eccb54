using System.ComponentModel.DataAnnotations;

namespace StreamChat.Hosting.Logging;

/// <summary>Section <c>Logs</c>: how much of a log line that repeats is written. <c>Logging:LogLevel</c> decides before it what is written at all.</summary>
internal sealed class LogOptions
{
    public const string Section = "Logs";

    /// <summary>How many lines of one event are written in an interval before the rest is only counted; 0 to write all.</summary>
    [Range(0, 1_000_000)]
    public int Repeats { get; set; } = 10;

    /// <summary>How long lines are counted before their number is written.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);
}
