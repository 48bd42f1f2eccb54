using System.Text.Json;
using System.Text.RegularExpressions;
using StreamChat.AgentWorker.Models.Demo.Replies;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>What the user says of themselves and their situation, for the context of the thread. Told only when nothing else is said to it.</summary>
internal sealed partial class ContextNeed : INeedKind
{
    public const string Tool = "update_context";

    private static readonly Dictionary<string, string> EnglishMoods = new(StringComparer.Ordinal)
    {
        ["累"] = "tired",
        ["疲惫"] = "tired",
        ["疲劳"] = "tired",
        ["疲倦"] = "tired",
        ["焦虑"] = "anxious",
        ["难过"] = "sad",
        ["伤心"] = "sad",
        ["开心"] = "happy",
        ["高兴"] = "happy",
        ["生气"] = "angry",
        ["孤独"] = "lonely",
    };

    public IReadOnlyList<string> Tools { get; } = [Tool];

    public IReadOnlyList<string> Topics { get; } = [];

    public IEnumerable<Mention> FindIn(string question) => Facts(question).Count == 0 ? [] : [new Mention(0, "")];

    public IEnumerable<Need> Read(Mention mention, DemoConversation conversation)
    {
        // what is known already needs no saying
        var facts = Facts(conversation.Question).Where(f => KnownContext.Get(conversation, f.Key) != f.Value || WasCalled(conversation))
            .ToDictionary(f => f.Key, object? (f) => f.Value);
        return facts.Count == 0 ? [] : [new Need { Kind = this, Subject = string.Join(", ", facts.Select(f => $"{f.Key}: {f.Value}")), Arguments = facts }];
    }

    public string? Tell(Need need, JsonElement result, DemoConversation conversation) =>
        Reply.To(conversation) is null && !HealthNeed.IsAbout(conversation.Question)
            ? conversation.Say($"I will keep in mind: {need.Subject}.", $"我记住了：{need.Subject}。")
            : null;

    public string Name(DemoConversation conversation) => conversation.Say("the memory", "记忆工具");

    private static bool WasCalled(DemoConversation conversation) => conversation.Calls.Any(c => c.Name == Tool);

    private static Dictionary<string, string> Facts(string question)
    {
        Dictionary<string, string> facts = new(StringComparer.Ordinal);
        if (City(question) is { } city)
        {
            facts["city"] = city;
        }

        if (Mood().Match(question) is { Success: true } mood)
        {
            var word = mood.Groups["it"].Value.ToLowerInvariant();
            facts["mood"] = word.StartsWith("压力", StringComparison.Ordinal) ? "stressed" : EnglishMoods.GetValueOrDefault(word, word);
        }

        if (Diet().Match(question) is { Success: true } diet)
        {
            facts["diet"] = diet.Groups["vegan"].Success ? "vegan" : "vegetarian";
        }

        if (Member().Match(question) is { Success: true } member)
        {
            facts["member"] = member.Groups["it"].Value;
        }

        return facts;
    }

    private static string? City(string question) =>
        SwitchedCity().Match(question) is { Success: true } switched && (!Language.IsChinese(question) || Places.IsKnown(switched.Groups["it"].Value))
            ? switched.Groups["it"].Value
            : Memory.CityIn(question) ?? (ChineseStay().Match(question) is { Success: true } stay && Places.IsKnown(stay.Groups["it"].Value) ? stay.Groups["it"].Value : null);

    [GeneratedRegex(@"\b[Ss]witch (?:the |my )?city to (?<it>\p{Lu}[\p{L}'-]*(?: \p{Lu}[\p{L}'-]*)*)|(?:切换|换|改)(?:城市)?(?:到|成|为)(?<it>[\u3400-\u9FFF]{2,4})")]
    private static partial Regex SwitchedCity();

    [GeneratedRegex(@"我(?:人|现在|目前|今天)?在(?<it>[\u3400-\u9FFF]{2,3}?)(?=[，。！？,.!?\s]|$|出差|旅游|旅行)")]
    private static partial Regex ChineseStay();

    [GeneratedRegex(
        @"\bI(?:'m| am| feel|'m feeling| am feeling| have been feeling|'ve been feeling)(?: so| very| really| quite| rather| a bit| pretty)? (?<it>stressed|tired|exhausted|anxious|sad|happy|angry|lonely|calm)\b" +
        @"|我(?:最近|今天|现在|总是)?(?:感觉|觉得|感到)?(?:有点儿?|有些|很|好|太|非常|特别|挺)?(?<it>累|疲惫|疲劳|疲倦|焦虑|难过|伤心|开心|高兴|生气|孤独|压力(?:很|太|好)?大)",
        RegexOptions.IgnoreCase)]
    private static partial Regex Mood();

    [GeneratedRegex(@"\bI(?:'m| am) (?:a |now )?(?:vegetarian|(?<vegan>vegan))\b|我(?:是|现在)?(?:(?<vegan>纯素)|素食|吃素)", RegexOptions.IgnoreCase)]
    private static partial Regex Diet();

    [GeneratedRegex(@"\b[Ss]witch (?:the |family )*member to (?:my )?(?<it>[\p{L}-]+)|切换(?:家庭)?(?:成员)?(?:到|成|为)(?<it>爸爸|妈妈|父亲|母亲|爷爷|奶奶|外公|外婆|儿子|女儿|孩子|老婆|老公|妻子|丈夫|我自己|自己)")]
    private static partial Regex Member();
}
