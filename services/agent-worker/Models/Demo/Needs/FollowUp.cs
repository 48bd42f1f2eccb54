using System.Text.RegularExpressions;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>Short replies that mean the question before: “Paris” when asked for the city, “and in London?” after the weather of Paris.</summary>
internal static partial class FollowUp
{
    private const int LongestSubject = 40;

    /// <param name="earlier">What the question before this one needed.</param>
    /// <param name="conversation">The conversation; its question shows no need by itself.</param>
    public static IEnumerable<Need> To(IReadOnlyList<Need> earlier, DemoConversation conversation)
    {
        // only what is looked up by one word of the user's has anything to fill in
        if (earlier.LastOrDefault(n => n.SubjectArgument is not null) is not { SubjectArgument: { } argument } need)
        {
            return [];
        }

        var asked = need.Ask is { } ask && conversation.LastAnswer.Contains(ask, StringComparison.Ordinal);
        var subject = Going().Match(conversation.Question) is { Success: true } going ? going.Groups["subject"].Value
            : asked ? conversation.Question.Trim().TrimEnd('.', '!', '?', '。', '！', '？')
            : "";
        return subject.Length is 0 or > LongestSubject
            ? []
            : [need with { Subject = subject, Ask = null, Arguments = new Dictionary<string, object?>(need.Arguments) { [argument] = subject } }];
    }

    [GeneratedRegex(
        @"^(?:(?:and|what about|how about|and what about) (?:in |for |on )?(?<subject>\p{Lu}[\p{L}' -]*)|(?:那么|那|还有)(?<subject>[\u3400-\u9FFF]{2,8}?)(?:的|那边)?呢)\s*[?.!？。！]*$",
        RegexOptions.IgnoreCase)]
    private static partial Regex Going();
}
