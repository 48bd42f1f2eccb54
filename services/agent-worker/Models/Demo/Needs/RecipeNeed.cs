using System.Globalization;
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

        if (Open().IsMatch(mention.Text) && AtHand().Match(conversation.Question) is { Success: true } atHand)
        {
            dish = atHand.Groups["what"].Value;
        }

        Dictionary<string, object?> arguments = new() { ["language"] = conversation.Say("en", "zh") };
        if ((Diet(conversation.Question) ?? Diet(KnownContext.Get(conversation, "diet") ?? "")) is { } diet)
        {
            arguments["diet"] = diet;
        }

        if (Time().Match(conversation.Question) is { Success: true } time)
        {
            arguments["max_minutes"] = int.Parse(time.Groups["minutes"].Value, CultureInfo.InvariantCulture);
        }

        if (Without().Match(conversation.Question) is { Success: true } without)
        {
            arguments["exclude"] = Between().Split(without.Groups["what"].Value).Where(w => w.Length > 0).ToArray();
        }

        dish = DietWords().Replace(Wrapping().Replace(Time().Replace(Without().Replace(dish, ""), ""), ""), "").Trim(' ', '的');
        if (dish.Length > 0)
        {
            arguments["query"] = dish;
        }

        // a diet or "what can I eat" is a wish of its own
        var isOpen = dish.Length > 0 || arguments.Count > 1 || Open().IsMatch(mention.Text);
        return
        [
            new Need
            {
                Kind = this,
                Subject = dish,
                SubjectArgument = "query",
                Arguments = arguments,
                Ask = isOpen ? null : conversation.Say("Which dish would you like a recipe for?", "请问您想要哪道菜的食谱？"),
            },
        ];
    }

    public string Tell(Need need, JsonElement result, DemoConversation conversation) =>
        RecipeText.Of(result, need.Subject, conversation)
        ?? conversation.Say($"Recipes for {need.Subject}:\n{ResultText.Of(result)}", $"{need.Subject}的食谱：\n{ResultText.Of(result)}");

    public string Name(DemoConversation conversation) => conversation.Say("the recipe search", "食谱查询工具");

    private static string? Diet(string question) => DietWords().Match(question) is not { Success: true } said ? null
        : said.Groups["vegan"].Success ? "vegan"
        : said.Groups["gluten"].Success ? "gluten_free"
        : said.Groups["dairy"].Success ? "dairy_free"
        : "vegetarian";

    [GeneratedRegex(@"\brecipes?\b|\bhow (?:do i|do you|can i|should i|to) (?:cook|bake)\b|\bwhat (?:can|could|should|shall) (?:i|we) (?:cook|eat)\b|食谱|菜谱|怎么[煮烧炒炖烤]|(?<=[菜肉鱼蛋汤面饭粥饼鸡虾腐茄瓜薯菇糕饺派])(?:怎么做|的?做法)|(?:吃|做)什么(?:菜|好吃)|[早中午晚][饭餐上]吃什么", RegexOptions.IgnoreCase)]
    private static partial Regex Asked();

    [GeneratedRegex(@"^(?:recipes? (?:for|with|using|of)|how .{0,100}?(?:cook|bake)|what .{0,100}?(?:cook|eat) (?:with|from)|怎么[煮烧炒炖烤])\s*(?:an? |the |some )?(?<dish>.+?)(?= and what|[?.!,;？。！，]|$)", RegexOptions.IgnoreCase)]
    private static partial Regex Behind();

    [GeneratedRegex(@"[\w-]{1,100}\s*$|[^，。？！；,?.]{0,100}[\u3400-\u9FFF][^，。？！；,?.]{0,100}$")]
    private static partial Regex LastWords();

    [GeneratedRegex(@"\b(?:an?|the|some|any|me|good|find|give|new|nice|for)\b|推荐|一个|一道|给我|告诉我|请问|请|找|有没有|有|我想要|我要|我想|可以|能|我们?|今[天晚]|晚上|想|的|和", RegexOptions.IgnoreCase)]
    private static partial Regex Filler();

    [GeneratedRegex(@"(?<vegan>\bvegan\b|纯素)|(?<gluten>\bgluten[- ]free\b|无麸质)|(?<dairy>\b(?:dairy|lactose)[- ]free\b|无乳制品|无乳糖)|\bvegetarian\b|素食|素菜|吃素", RegexOptions.IgnoreCase)]
    private static partial Regex DietWords();

    [GeneratedRegex(@"\s*(?:\b(?:in|under|within|less than|at most|up to)?\s*(?<minutes>\d{1,3})\s*min(?:ute)?s?\b|(?<minutes>\d{1,3})分钟(?:以内|之内|内|能做好)?)", RegexOptions.IgnoreCase)]
    private static partial Regex Time();

    // no separator is also in the class of the words: text that can be divided in many ways would be tried in all of them
    [GeneratedRegex(@"\s*(?:\bwithout (?:any )?(?<what>[\p{L} ]{1,100}?(?:, [\p{L} ]{1,100}?){0,10})(?= in \d| under \d|[?.!;]|$)|[，,]?(?:不要|不放|不含|不吃)(?<what>[\u3400-\u9FFF]{1,40}?(?:、[\u3400-\u9FFF]{1,40}?){0,10})(?=的|[，。？！；?]|$))", RegexOptions.IgnoreCase)]
    private static partial Regex Without();

    [GeneratedRegex(@"\s*(?:,| or | and |、|和|或)\s*", RegexOptions.IgnoreCase)]
    private static partial Regex Between();

    [GeneratedRegex(@"健康的?|简单的?|好吃的?|\b(?:healthy|easy|simple|tasty)\b\s*", RegexOptions.IgnoreCase)]
    private static partial Regex Wrapping();

    [GeneratedRegex(@"(?:我|家里|冰箱里)有(?<what>[\u3400-\u9FFF、]+)|\bI have (?<what>[\p{L}, ]+)", RegexOptions.IgnoreCase)]
    private static partial Regex AtHand();

    [GeneratedRegex(@"^what|什么", RegexOptions.IgnoreCase)]
    private static partial Regex Open();
}
