using System.Globalization;
using System.Text.RegularExpressions;

namespace StreamChat.ToolWorker.BuiltIn.News;

/// <summary>The dates of feeds: RFC 822 in RSS, RFC 3339 in Atom, and what people make of them.</summary>
internal static partial class FeedDates
{
    private static readonly Dictionary<string, string> Zones = new(StringComparer.OrdinalIgnoreCase)
    {
        ["UT"] = "+00:00",
        ["UTC"] = "+00:00",
        ["GMT"] = "+00:00",
        ["Z"] = "+00:00",
        ["EST"] = "-05:00",
        ["EDT"] = "-04:00",
        ["CST"] = "-06:00",
        ["CDT"] = "-05:00",
        ["MST"] = "-07:00",
        ["MDT"] = "-06:00",
        ["PST"] = "-08:00",
        ["PDT"] = "-07:00",
    };

    /// <returns>Null when it cannot be read; without a zone it is UTC.</returns>
    public static DateTimeOffset? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        // a wrong weekday is common, and no reason to know nothing
        var date = Weekday().Replace(text.Trim(), "");
        date = Zone().Replace(date, m => Zones.TryGetValue(m.Groups["name"].Value, out var offset) ? $" {offset}" : m.Value);
        return DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces, out var parsed)
            ? parsed.ToUniversalTime()
            : null;
    }

    [GeneratedRegex(@"^\p{L}{3,9},\s*")]
    private static partial Regex Weekday();

    [GeneratedRegex(@"\s+(?<name>[A-Za-z]{1,3})$")]
    private static partial Regex Zone();
}
