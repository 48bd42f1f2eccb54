using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.BuiltIn.Recipes;

/// <summary>Ways to eat, by what they leave out.</summary>
internal static class Diets
{
    private static readonly Dictionary<string, string[]> Excluded = new(StringComparer.Ordinal)
    {
        ["vegetarian"] = ["meat", "fish"],
        ["vegan"] = ["meat", "fish", "egg", "dairy", "honey"],
        ["pescatarian"] = ["meat"],
        ["gluten_free"] = ["gluten"],
        ["dairy_free"] = ["dairy"],
        ["egg_free"] = ["egg"],
        ["nut_free"] = ["nuts"],
        ["pork_free"] = ["pork"],
    };

    private static readonly Dictionary<string, string> OtherNames = new(StringComparer.Ordinal)
    {
        ["veggie"] = "vegetarian",
        ["素食"] = "vegetarian",
        ["素"] = "vegetarian",
        ["吃素"] = "vegetarian",
        ["纯素"] = "vegan",
        ["全素"] = "vegan",
        ["鱼素"] = "pescatarian",
        ["无麸质"] = "gluten_free",
        ["无奶"] = "dairy_free",
        ["无乳制品"] = "dairy_free",
        ["lactose_free"] = "dairy_free",
        ["无乳糖"] = "dairy_free",
        ["无蛋"] = "egg_free",
        ["无坚果"] = "nut_free",
        ["不吃猪肉"] = "pork_free",
        ["halal"] = "pork_free",
        ["清真"] = "pork_free",
    };

    /// <summary>What a diet leaves out.</summary>
    /// <exception cref="ToolException">It is not known; the message names those that are.</exception>
    public static IReadOnlyList<string> ExcludedBy(string diet)
    {
        var key = diet.Trim().ToLowerInvariant().Replace(' ', '_').Replace('-', '_');
        return Excluded.TryGetValue(OtherNames.GetValueOrDefault(key, key), out var excluded)
            ? excluded
            : throw new ToolException($"Parameter 'diet' must be one of: {string.Join(", ", Excluded.Keys)}. For anything else use 'exclude'.");
    }

    /// <summary>The diets that something fits, by what it contains.</summary>
    public static IEnumerable<string> Fitting(IReadOnlySet<string> contained) => Excluded.Where(d => !d.Value.Any(contained.Contains)).Select(d => d.Key);
}
