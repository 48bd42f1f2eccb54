using System.Globalization;
using System.Text.RegularExpressions;

namespace StreamChat.Gateway.Dialects.Assistant;

/// <summary>Tells ISO 8601 times from other text; the times themselves are not used.</summary>
internal static partial class TimestampForm
{
    /// <summary>True for a date, or a date and a time with or without an offset.</summary>
    public static bool IsValid(string text)
    {
        var match = Form().Match(text);
        return match.Success && DateOnly.TryParseExact(
            match.Groups["year"].Value + match.Groups["month"].Value + match.Groups["day"].Value, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
    }

    [GeneratedRegex(
        "^(?<year>[0-9]{4})(?<d>-?)(?<month>[0-9]{2})\\k<d>(?<day>[0-9]{2})" +
        "([T ]([01][0-9]|2[0-3])(:?[0-5][0-9](:?[0-5][0-9]([.,][0-9]{1,9})?)?)?(Z|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9](:?[0-5][0-9])?)?)?)?\\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
