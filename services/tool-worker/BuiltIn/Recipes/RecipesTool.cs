using System.ComponentModel;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.BuiltIn.Recipes;

/// <summary>What to cook.</summary>
internal sealed class RecipesTool
{
    public const string Name = "recipes";

    private const string Description =
        "Finds recipes by dish, kind or ingredients, in English and Chinese, with steps and the diets they fit. A small collection: when it has nothing, say so.";

    private const int MaxTextLength = 100;
    private const int MostNames = 20;
    private const int DefaultRecipes = 3;
    private const int MostRecipes = 10;
    private const int MostMinutes = 24 * 60;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly RecipeSearch _search = new(RecipeBook.Shipped);

    public Tool Find => Tool.OfJson(FindRecipes, Name, Description, Timeout);

    private JsonElement FindRecipes(
        [Description("The dish, or what it is like, such as 'apple pie', 'soup' or '番茄'; any if absent.")] string? query = null,
        [Description("Ingredients that must be in it.")] string[]? ingredients = null,
        [Description("What must not be in it, such as 'peanut', 'pork' or '鸡蛋'.")] string[]? exclude = null,
        [Description("vegetarian, vegan, pescatarian, gluten_free, dairy_free, egg_free, nut_free or pork_free; any if absent.")] string? diet = null,
        [Description("How many minutes it may take at most.")] int? max_minutes = null,
        [Description("'en' or 'zh': the language of the answer; that of the question if absent.")] string? language = null,
        [Description("How many recipes, 1 to 10; 3 if absent.")] int? limit = null)
    {
        if (max_minutes is < 1 or > MostMinutes)
        {
            throw new ToolException($"Parameter 'max_minutes' must be from 1 to {MostMinutes}.");
        }

        if (limit is < 1 or > MostRecipes)
        {
            throw new ToolException($"Parameter 'limit' must be from 1 to {MostRecipes}.");
        }

        var wish = new RecipeWish
        {
            Query = Checked("query", query),
            Ingredients = Checked("ingredients", ingredients),
            Exclude = Checked("exclude", exclude),
            Without = string.IsNullOrWhiteSpace(diet) ? [] : Diets.ExcludedBy(Checked("diet", diet)),
            MaxMinutes = max_minutes,
        };
        var inChinese = InChinese(language, wish);
        var found = _search.Find(wish);
        var result = new RecipesFound([.. found.Take(limit ?? DefaultRecipes).Select(r => Tell(r, inChinese))], found.Count);
        return JsonSerializer.SerializeToElement(result, RecipesJson.Plain.RecipesFound);
    }

    private FoundRecipe Tell(Recipe recipe, bool inChinese) => new(
        inChinese ? recipe.Zh : recipe.En,
        inChinese ? recipe.En : recipe.Zh,
        recipe.Minutes,
        [.. recipe.Ingredients.Select(_search.Ingredient).Select(i => inChinese ? i.Zh : i.En)],
        inChinese ? recipe.Steps.Zh : recipe.Steps.En,
        [.. Diets.Fitting(_search.Contained(recipe))]);

    private static bool InChinese(string? language, RecipeWish wish) => language?.Trim().ToLowerInvariant() switch
    {
        null or "" => wish.Ingredients.Append(wish.Query).Any(t => t.AsSpan().IndexOfAnyInRange('\u3400', '\u9FFF') >= 0),
        var code => code.StartsWith("zh", StringComparison.Ordinal) || code is "chinese" or "中文",
    };

    private static string Checked(string parameter, string? text)
    {
        var clean = text?.Trim() ?? "";
        return clean.Length <= MaxTextLength ? clean : throw new ToolException($"Parameter '{parameter}' is longer than {MaxTextLength} characters.");
    }

    private static List<string> Checked(string parameter, string[]? names)
    {
        var all = (names ?? []).Select(n => Checked(parameter, n)).Where(n => n.Length > 0).ToList();
        return all.Count <= MostNames ? all : throw new ToolException($"Parameter '{parameter}' has more than {MostNames} entries.");
    }
}

/// <summary>What the tool answers.</summary>
/// <param name="Recipes">The best first.</param>
/// <param name="Total">How many there are in all.</param>
internal sealed record RecipesFound(IReadOnlyList<FoundRecipe> Recipes, int Total);

/// <summary>A recipe in one language.</summary>
/// <param name="Name">In that language.</param>
/// <param name="OtherName">In the other.</param>
/// <param name="Minutes">How long it takes.</param>
/// <param name="Ingredients">What it needs.</param>
/// <param name="Steps">What to do.</param>
/// <param name="Diets">Which diets it fits.</param>
internal sealed record FoundRecipe(
    string Name, string OtherName, int Minutes, IReadOnlyList<string> Ingredients, IReadOnlyList<string> Steps, IReadOnlyList<string> Diets);

[JsonSerializable(typeof(RecipesFound))]
internal sealed partial class RecipesJson : JsonSerializerContext
{
    /// <summary>As models like to read it.</summary>
    public static RecipesJson Plain { get; } = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    });
}
