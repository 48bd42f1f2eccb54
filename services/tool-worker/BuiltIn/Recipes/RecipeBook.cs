using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamChat.ToolWorker.BuiltIn.Recipes;

/// <summary>Recipes of our own, in English and Chinese.</summary>
/// <param name="Ingredients">By the key that recipes name them by.</param>
/// <param name="Recipes">All of them.</param>
internal sealed record RecipeBook(IReadOnlyDictionary<string, Ingredient> Ingredients, IReadOnlyList<Recipe> Recipes)
{
    private static readonly Lazy<RecipeBook> Read = new(() =>
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("recipes.json")!;
        return JsonSerializer.Deserialize(stream, RecipeBookJson.Default.RecipeBook)!;
    });

    /// <summary>The book that comes with the program.</summary>
    public static RecipeBook Shipped => Read.Value;
}

/// <summary>What a recipe needs.</summary>
/// <param name="En">Its English name.</param>
/// <param name="Zh">Its Chinese name.</param>
/// <param name="Also">Other names for it, or for what it is a kind of.</param>
/// <param name="Contains">What some people do not eat: meat, pork, fish, shellfish, egg, dairy, honey, gluten, nuts, soy, sesame.</param>
internal sealed record Ingredient(string En, string Zh, IReadOnlyList<string> Also, IReadOnlyList<string> Contains);

/// <summary>A recipe.</summary>
/// <param name="Id">A short name for links.</param>
/// <param name="En">Its English name.</param>
/// <param name="Zh">Its Chinese name.</param>
/// <param name="Minutes">How long it takes.</param>
/// <param name="Tags">What kind of dish it is, in both languages.</param>
/// <param name="Ingredients">Keys of ingredients.</param>
/// <param name="Steps">What to do, by language.</param>
internal sealed record Recipe(
    string Id, string En, string Zh, int Minutes, IReadOnlyList<string> Tags, IReadOnlyList<string> Ingredients, RecipeSteps Steps);

/// <summary>What to do, step by step.</summary>
internal sealed record RecipeSteps(IReadOnlyList<string> En, IReadOnlyList<string> Zh);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RecipeBook))]
internal sealed partial class RecipeBookJson : JsonSerializerContext;
