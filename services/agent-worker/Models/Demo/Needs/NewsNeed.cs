using System.Text.Json;
using System.Text.RegularExpressions;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>The news on a topic.</summary>
internal sealed partial class NewsNeed : INeedKind
{
    public IReadOnlyList<string> Tools { get; } = ["get_news", "news"];

    public IReadOnlyList<string> Topics { get; } = ["news"];

    public IEnumerable<Mention> FindIn(string question) => Asked().Matches(question).Take(1).Select(m => new Mention(m.Index, m.Value));

    public IEnumerable<Need> Read(Mention mention, DemoConversation conversation)
    {
        var topic = About().Match(mention.After).Groups["topic"].Value.Trim();
        if (topic.Length == 0)
        {
            topic = Filler().Replace(LastWords().Match(mention.Before).Value, "").Trim();
        }

        Dictionary<string, object?> arguments = new() { ["language"] = conversation.Say("en", "zh") };
        if (topic.Length > 0)
        {
            arguments["topic"] = topic;
        }

        return [new Need { Kind = this, Subject = topic.Length > 0 ? topic : conversation.Say("top stories", "头条"), SubjectArgument = "topic", Arguments = arguments }];
    }

    public string Tell(Need need, JsonElement result, DemoConversation conversation) =>
        NewsText.Of(result, need.Subject, conversation)
        ?? conversation.Say($"Here is the news ({need.Subject}):\n{ResultText.Of(result)}", $"以下是新闻（{need.Subject}）：\n{ResultText.Of(result)}");

    public string Name(DemoConversation conversation) => conversation.Say("the news service", "新闻查询工具");

    [GeneratedRegex(@"(?<!\b(?:good|bad|great|sad) )\b(?:news|headlines)\b|新闻|头条", RegexOptions.IgnoreCase)]
    private static partial Regex Asked();

    [GeneratedRegex(@"^\s*(?:news|headlines) (?:about|on|regarding|for|from) (?<topic>.+?)(?= and |[?.!,;]|$)", RegexOptions.IgnoreCase)]
    private static partial Regex About();

    [GeneratedRegex(@"[\w-]{1,100}\s*$|[^，。？！；,?.]{0,100}[\u3400-\u9FFF][^，。？！；,?.]{0,100}$")]
    private static partial Regex LastWords();

    [GeneratedRegex(@"\b(?:the|latest|any|some|me|today's|todays|today|s|in|and|of|get|read|recent|what|current)\b|有什么|有哪些|最新|最近|今天|关于|给我|看看|看一下|看|告诉我|请问|请|有|什么|我想|知道|的|和|还有", RegexOptions.IgnoreCase)]
    private static partial Regex Filler();
}
