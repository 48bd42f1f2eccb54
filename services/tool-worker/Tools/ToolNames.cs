using System.Text.RegularExpressions;
using StreamChat.Contracts.Tools;

namespace StreamChat.ToolWorker.Tools;

/// <summary>Names that all model providers take for a tool.</summary>
internal static partial class ToolNames
{
    public const int Longest = 64;

    public static bool IsTaken(string name) => name.Length is > 0 and <= Longest && !Unfit.IsMatch(name);

    /// <summary>Whether the model would take the name for a hand-off to another agent.</summary>
    public static bool IsHandOff(string name) => name.StartsWith(ToolDescription.HandOffPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>With <c>_</c> for every character that providers do not take.</summary>
    public static string Fit(string name) => Unfit.Replace(name, "_");

    [GeneratedRegex("[^A-Za-z0-9_-]", RegexOptions.CultureInvariant)]
    private static partial Regex Unfit { get; }
}
