using System.Globalization;

namespace StreamChat.Hosting.Connections;

/// <summary>How many file descriptors this process may open, and how many it has open.</summary>
/// <param name="Limit">The soft limit (<c>ulimit -n</c>) as the runtime has raised it; null where there is none or it is unknown.</param>
/// <param name="InUse">Descriptors that are open now; 0 where that is unknown.</param>
internal readonly record struct Descriptors(int? Limit, int InUse)
{
    private const string LimitsFile = "/proc/self/limits";
    private const string OpenFolder = "/proc/self/fd";
    private const string LimitRow = "Max open files";

    /// <summary>Asks the system. Only Linux is asked; on other systems the limit is unknown.</summary>
    public static Descriptors Read()
    {
        try
        {
            return OperatingSystem.IsLinux()
                ? new Descriptors(ParseLimit(File.ReadAllText(LimitsFile)), Directory.EnumerateFileSystemEntries(OpenFolder).Count())
                : default;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <summary>Finds the soft limit in the text of <c>/proc/self/limits</c>.</summary>
    /// <returns>Null for <c>unlimited</c> and for a text without the row.</returns>
    internal static int? ParseLimit(string limits)
    {
        var row = limits.Split('\n').FirstOrDefault(l => l.StartsWith(LimitRow, StringComparison.Ordinal));
        var soft = row?[LimitRow.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (int)Math.Min(number, int.MaxValue) : null;
    }
}
