using System.Text.RegularExpressions;

namespace StreamChat.AgentWorker.Models.Demo;

/// <summary>What the user said of themselves in this conversation; what was said last counts.</summary>
internal static partial class Memory
{
    public static string? Name(DemoConversation conversation) => Last(conversation, NameIn);

    public static string? City(DemoConversation conversation) => Last(conversation, CityIn);

    /// <returns>Null when the text does not say it.</returns>
    public static string? NameIn(string text) => First(text, EnglishName(), ChineseName());

    /// <returns>Null when the text does not say it.</returns>
    public static string? CityIn(string text) => First(text, EnglishCity(), ChineseCity());

    private static string? Last(DemoConversation conversation, Func<string, string?> read) =>
        conversation.UserTexts.Reverse().Select(read).FirstOrDefault(v => v is not null);

    private static string? First(string text, params IEnumerable<Regex> patterns) =>
        patterns.Select(p => p.Match(text)).FirstOrDefault(m => m.Success)?.Groups["it"].Value;

    private const string Proper = @"\p{Lu}[\p{L}'-]*(?: \p{Lu}[\p{L}'-]*)*";
    private const string Word = @"[\p{L}-]+";
    private const string ClauseEnd = @"(?=[，。！？、；,.!?;\s]|$|今年|并且|而且|住在|来自|很高兴)";

    [GeneratedRegex(
        $@"\b(?:[Mm]y name(?: is|'s)|[Cc]all me) (?!what\b|not\b)(?<it>{Proper}|{Word})|\b(?:I'm|I am|i'm|i am) (?<it>{Proper})")]
    private static partial Regex EnglishName();

    [GeneratedRegex(@"(?<!知道|记得|问)我(?:叫做?|的名字(?:是|叫))\s*(?!什么|啥)(?<it>[\u3400-\u9FFFA-Za-z·]{1,12}?)" + ClauseEnd)]
    private static partial Regex ChineseName();

    [GeneratedRegex(
        $@"\b(?:I(?:'m| am)? (?:currently |now )?(?:live|living|based) in|I(?:'m| am) (?:currently |now )?in|I(?:'m| am| come) from|I(?:'ve)? moved to|and live in|[Mm]y city is) (?<it>{Proper}|{Word})", RegexOptions.None)]
    private static partial Regex EnglishCity();

    [GeneratedRegex(@"(?:我.{0,12}?|^|[，,、])(?:现在|目前)?(?:住在|来自|搬到了?)\s*(?!哪|什么)(?<it>[\u3400-\u9FFFA-Za-z]{2,12}?)" + ClauseEnd)]
    private static partial Regex ChineseCity();
}
