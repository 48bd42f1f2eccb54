using System.Text.RegularExpressions;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>Finds the place that a question is about.</summary>
internal static partial class Places
{
    private static readonly Dictionary<string, string> ChineseZones = new(StringComparer.Ordinal)
    {
        ["北京"] = "Asia/Shanghai",
        ["上海"] = "Asia/Shanghai",
        ["广州"] = "Asia/Shanghai",
        ["深圳"] = "Asia/Shanghai",
        ["杭州"] = "Asia/Shanghai",
        ["成都"] = "Asia/Shanghai",
        ["中国"] = "Asia/Shanghai",
        ["香港"] = "Asia/Hong_Kong",
        ["台北"] = "Asia/Taipei",
        ["东京"] = "Asia/Tokyo",
        ["日本"] = "Asia/Tokyo",
        ["大阪"] = "Asia/Tokyo",
        ["首尔"] = "Asia/Seoul",
        ["新加坡"] = "Asia/Singapore",
        ["曼谷"] = "Asia/Bangkok",
        ["迪拜"] = "Asia/Dubai",
        ["德里"] = "Asia/Kolkata",
        ["孟买"] = "Asia/Kolkata",
        ["莫斯科"] = "Europe/Moscow",
        ["伦敦"] = "Europe/London",
        ["英国"] = "Europe/London",
        ["巴黎"] = "Europe/Paris",
        ["法国"] = "Europe/Paris",
        ["柏林"] = "Europe/Berlin",
        ["德国"] = "Europe/Berlin",
        ["罗马"] = "Europe/Rome",
        ["马德里"] = "Europe/Madrid",
        ["纽约"] = "America/New_York",
        ["华盛顿"] = "America/New_York",
        ["芝加哥"] = "America/Chicago",
        ["洛杉矶"] = "America/Los_Angeles",
        ["旧金山"] = "America/Los_Angeles",
        ["西雅图"] = "America/Los_Angeles",
        ["多伦多"] = "America/Toronto",
        ["圣保罗"] = "America/Sao_Paulo",
        ["开罗"] = "Africa/Cairo",
        ["悉尼"] = "Australia/Sydney",
        ["墨尔本"] = "Australia/Melbourne",
        ["奥克兰"] = "Pacific/Auckland",
    };

    /// <summary>The zone of a Chinese place name; the name itself when it is not known or not Chinese.</summary>
    public static string Zone(string place) => ChineseZones.GetValueOrDefault(place, place);

    /// <summary>Whether it is a Chinese place name that is known.</summary>
    public static bool IsKnown(string place) => ChineseZones.ContainsKey(place);

    /// <summary>The places around a mention: English names stand behind it, Chinese ones before it.</summary>
    public static IReadOnlyList<string> Around(Mention mention) => Language.IsChinese(mention.Text) || Language.IsChinese(mention.Before)
        ? FirstOf(InChinese(mention.Before), InChinese(mention.After), InEnglish(mention.Before), InEnglish(mention.After))
        : FirstOf(InEnglish(mention.Text), InEnglish(mention.After), InEnglish(mention.Before));

    private static List<string> FirstOf(params IEnumerable<List<string>> found) => found.FirstOrDefault(f => f.Count > 0, []);

    private static List<string> InChinese(string text)
    {
        var known = ChineseZones.Keys.Where(name => text.Contains(name, StringComparison.Ordinal))
            .OrderBy(name => text.IndexOf(name, StringComparison.Ordinal)).ToList();
        if (known.Count > 0)
        {
            return known;
        }

        var clause = text[(text.LastIndexOfAny(['，', '。', '？', '！', '；', '、', ',', '?', '.']) + 1)..];
        var name = ChineseFiller().Replace(clause, "").Trim();
        return ChineseName().IsMatch(name) ? [name] : [];
    }

    private static List<string> InEnglish(string text)
    {
        if (ZoneId().Match(text) is { Success: true } zone)
        {
            return [zone.Value];
        }

        if (Named().Match(text) is { Success: true } named)
        {
            return named.Groups["place"].Captures.Select(c => c.Value).ToList();
        }

        return Lower().Match(text) is { Success: true } lower ? [lower.Groups["place"].Value] : [];
    }

    // a full stop belongs to "St. Louis", and ends a sentence elsewhere
    private const string Name = @"\p{Lu}[\p{L}'-]*(?:(?:(?<=\b\p{Lu}\p{Ll})\.)? \p{Lu}[\p{L}'-]*)*";

    [GeneratedRegex(@"\b(?:[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?|UTC|GMT)\b")]
    private static partial Regex ZoneId();

    [GeneratedRegex($@"\b(?:[Ii]n|[Ff]or|[Aa]t) (?<place>{Name})(?:(?:, (?:and )?| and )(?:in )?(?<place>{Name}))*")]
    private static partial Regex Named();

    [GeneratedRegex(@"\bin (?!the\b|my\b|your\b|a\b|an\b|this\b|words?\b)(?<place>[\p{Ll}-]{3,}(?: (?:york|angeles|francisco|kong|city|delhi|paulo))?)")]
    private static partial Regex Lower();

    [GeneratedRegex("请问|请|告诉我|我想知道|想知道|帮我|查一下|查询|查|一下|现在|目前|当前|此刻|今天|明天|那么|那|和|还有|以及|你好|你知道|知道|是|的|在|呢|又")]
    private static partial Regex ChineseFiller();

    [GeneratedRegex(@"^(?:[\u3400-\u9FFF]{2,6}|[A-Z][A-Za-z_/ ]+)$")]
    private static partial Regex ChineseName();
}
