using System.Text.Json;
using System.Text.RegularExpressions;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

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
