using System.Text.Json;
using System.Text.RegularExpressions;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>The weather in a city.</summary>
internal sealed partial class WeatherNeed : INeedKind
{
    public IReadOnlyList<string> Tools { get; } = ["get_weather", "weather"];

    public IReadOnlyList<string> Topics { get; } = ["weather"];

    public IEnumerable<Mention> FindIn(string question) => Asked().Matches(question).Select(m => new Mention(m.Index, m.Value));

    public IEnumerable<Need> Read(Mention mention, DemoConversation conversation)
    {
        var places = Places.Around(mention);
        if (places.Count == 0 && Memory.City(conversation) is { } home)
        {
            places = [home];
        }

        return (places.Count > 0 ? places : [""]).Select(place => new Need
        {
            Kind = this,
            Subject = place,
            Arguments = new Dictionary<string, string> { ["city"] = place },
            Ask = place.Length > 0 ? null : conversation.Say("Which city would you like the weather for?", "请问您想查询哪个城市的天气？"),
        });
    }

    public string Tell(Need need, JsonElement result, DemoConversation conversation) =>
        conversation.Say($"The weather in {need.Subject}: {ResultText.Of(result)}.", $"{need.Subject}的天气：{ResultText.Of(result)}。");

    public string Name(DemoConversation conversation) => conversation.Say("the weather service", "天气查询工具");

    [GeneratedRegex("\\b(?:weather|forecast|temperature (?:in|outside)|is it raining|will it rain)\\b|天气|气温|下雨", RegexOptions.IgnoreCase)]
    private static partial Regex Asked();
}

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

        topic = topic.Length > 0 ? topic : conversation.Say("top stories", "头条");
        return [new Need { Kind = this, Subject = topic, Arguments = new Dictionary<string, string> { ["topic"] = topic } }];
    }

    public string Tell(Need need, JsonElement result, DemoConversation conversation) =>
        conversation.Say($"Here is the news ({need.Subject}):\n{ResultText.Of(result)}", $"以下是新闻（{need.Subject}）：\n{ResultText.Of(result)}");

    public string Name(DemoConversation conversation) => conversation.Say("the news service", "新闻查询工具");

    [GeneratedRegex(@"(?<!\b(?:good|bad|great|sad) )\b(?:news|headlines)\b|新闻|头条", RegexOptions.IgnoreCase)]
    private static partial Regex Asked();

    [GeneratedRegex(@"^\s*(?:news|headlines) (?:about|on|regarding|for|from) (?<topic>.+?)(?= and |[?.!,;]|$)", RegexOptions.IgnoreCase)]
    private static partial Regex About();

    [GeneratedRegex(@"[\w-]+\s*$|[^，。？！；,?.]*[\u3400-\u9FFF][^，。？！；,?.]*$")]
    private static partial Regex LastWords();

    [GeneratedRegex(@"\b(?:the|latest|any|some|me|today's|todays|today|s|in|and|of|get|read|recent|what|current)\b|有什么|有哪些|最新|最近|今天|关于|给我|看看|看一下|看|告诉我|请问|请|有|什么|我想|知道|的|和|还有", RegexOptions.IgnoreCase)]
    private static partial Regex Filler();
}

/// <summary>What to cook.</summary>
internal sealed partial class RecipeNeed : INeedKind
{
    public IReadOnlyList<string> Tools { get; } = ["search_recipes", "recipes"];

    public IReadOnlyList<string> Topics { get; } = ["recipe", "cook", "chef"];

    public IEnumerable<Mention> FindIn(string question) => Asked().Matches(question).Take(1).Select(m => new Mention(m.Index, m.Value));

    public IEnumerable<Need> Read(Mention mention, DemoConversation conversation)
    {
        var dish = Behind().Match(mention.After).Groups["dish"].Value.Trim();
        if (dish.Length == 0)
        {
            dish = Filler().Replace(LastWords().Match(mention.Before).Value, "").Trim();
        }

        return
        [
            new Need
            {
                Kind = this,
                Subject = dish,
                Arguments = new Dictionary<string, string> { ["query"] = dish },
                Ask = dish.Length > 0 ? null : conversation.Say("Which dish would you like a recipe for?", "请问您想要哪道菜的食谱？"),
            },
        ];
    }

    public string Tell(Need need, JsonElement result, DemoConversation conversation) =>
        conversation.Say($"Recipes for {need.Subject}:\n{ResultText.Of(result)}", $"{need.Subject}的食谱：\n{ResultText.Of(result)}");

    public string Name(DemoConversation conversation) => conversation.Say("the recipe search", "食谱查询工具");

    [GeneratedRegex(@"\brecipes?\b|\bhow (?:do i|do you|can i|should i|to) (?:cook|bake)\b|食谱|菜谱|怎么[煮烧炒炖烤]", RegexOptions.IgnoreCase)]
    private static partial Regex Asked();

    [GeneratedRegex(@"^(?:recipes? (?:for|with|using|of)|how .*?(?:cook|bake)|怎么[煮烧炒炖烤])\s*(?:an? |the |some )?(?<dish>.+?)(?= and what|[?.!,;？。！，]|$)", RegexOptions.IgnoreCase)]
    private static partial Regex Behind();

    [GeneratedRegex(@"[\w-]+\s*$|[^，。？！；,?.]*[\u3400-\u9FFF][^，。？！；,?.]*$")]
    private static partial Regex LastWords();

    [GeneratedRegex(@"\b(?:an?|the|some|any|me|good|find|give|new|nice|for)\b|推荐|一个|一道|给我|告诉我|请问|请|找|有没有|有|我想要|我要|我想|的|和", RegexOptions.IgnoreCase)]
    private static partial Regex Filler();
}

/// <summary>Health questions: for an agent that knows about them; no tool looks them up.</summary>
internal sealed partial class HealthNeed : INeedKind
{
    public IReadOnlyList<string> Tools { get; } = [];

    public IReadOnlyList<string> Topics { get; } = ["health", "medical", "doctor"];

    public IEnumerable<Mention> FindIn(string question) => Asked().Matches(question).Take(1).Select(m => new Mention(m.Index, m.Value));

    public IEnumerable<Need> Read(Mention mention, DemoConversation conversation) =>
        [new Need { Kind = this, Subject = mention.Text, Arguments = new Dictionary<string, string>() }];

    public string Tell(Need need, JsonElement result, DemoConversation conversation) => ResultText.Of(result);

    public string? Name(DemoConversation conversation) => null;

    [GeneratedRegex("\\b(?:health|healthy|headaches?|fever|symptoms?|cough|insomnia|sore throat|medicine|diet|exercise)\\b|健康|头疼|头痛|发烧|感冒|症状|咳嗽|失眠|锻炼", RegexOptions.IgnoreCase)]
    private static partial Regex Asked();
}
