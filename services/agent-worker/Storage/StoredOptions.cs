using System.ComponentModel.DataAnnotations;

namespace StreamChat.AgentWorker.Storage;

/// <summary>
/// Section <c>Limits:Stored</c>: how much one owner, a user or a room, may store. At a limit no run begins until the owner deletes
/// something. Runs that have begun go on and are stored. Bytes are those of messages, tool calls and pictures as UTF-8,
/// and 256 for each message and run.
/// </summary>
internal sealed class StoredOptions
{
    public const string Section = "Limits:Stored";

    /// <summary>How many threads.</summary>
    [Range(1, 1_000_000_000)]
    public long Threads { get; set; } = 10_000;

    /// <summary>How many bytes in all threads together.</summary>
    [Range(1024, long.MaxValue)]
    public long Bytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How many bytes in one thread.</summary>
    [Range(1024, long.MaxValue)]
    public long ThreadBytes { get; set; } = 16L * 1024 * 1024;
}
