using System.Text.Json;
using StreamChat.ToolWorker.BuiltIn.Recipes;
using static StreamChat.UnitTests.ToolWorker.ToolProbe;

namespace StreamChat.UnitTests.ToolWorker.BuiltIn;

public sealed class RecipesToolTests
{
    [Fact]
    public void The_book_is_whole()
    {
        var book = RecipeBook.Shipped;
        Assert.InRange(book.Recipes.Count, 30, 1000);
        Assert.Equal(book.Recipes.Count, book.Recipes.Select(r => r.Id).Distinct().Count());
        Assert.All(book.Recipes, r =>
        {
            Assert.All(r.Ingredients, i => Assert.True(book.Ingredients.ContainsKey(i), i));
            Assert.NotEmpty(r.Steps.En);
            Assert.Equal(r.Steps.En.Count, r.Steps.Zh.Count);
            Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", r.Zh);
            Assert.InRange(r.Minutes, 5, 240);
        });
        Assert.All(book.Ingredients.Values, i => Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", i.Zh));
    }

    [Theory]
    [InlineData("""{"query":"apple pie"}""", "Apple pie")]
    [InlineData("""{"query":"a recipe with tomatoes and eggs"}""", "Tomato and egg stir-fry")]
    [InlineData("""{"query":"番茄炒蛋"}""", "番茄炒蛋")]
    [InlineData("""{"query":"西红柿炒鸡蛋怎么做"}""", "番茄炒蛋")]
    [InlineData("""{"query":"麻婆豆腐","diet":"vegan"}""", "素麻婆豆腐")]
    [InlineData("""{"query":"mapo tofu","diet":"素食"}""", "Mapo tofu with mushrooms")]
    [InlineData("""{"query":"mapo tofu","language":"zh"}""", "麻婆豆腐")]
    [InlineData("""{"ingredients":["chickpeas"],"max_minutes":15}""", "Hummus")]
    [InlineData("""{"ingredients":["牛油果"]}""", "牛油果酱")]
    [InlineData("""{"query":"spaghetti","exclude":["meat","nuts"]}""", null)]
    public async Task The_best_comes_first_in_the_language_of_the_question(string arguments, string? name)
    {
        var result = await ResultAsync(new RecipesTool().Find, arguments);
        Assert.Equal(name, result.GetProperty("total").GetInt32() == 0 ? null : result.GetProperty("recipes")[0].GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("vegan", new[] { "meat", "fish", "egg", "dairy", "honey" })]
    [InlineData("Gluten-Free", new[] { "gluten" })]
    [InlineData("无坚果", new[] { "nuts" })]
    [InlineData("清真", new[] { "pork" })]
    public void A_diet_leaves_out_what_it_says(string diet, string[] excluded)
    {
        RecipeSearch search = new(RecipeBook.Shipped);
        var found = search.Find(new RecipeWish { Without = Diets.ExcludedBy(diet) });
        Assert.InRange(found.Count, 3, RecipeBook.Shipped.Recipes.Count - 1);
        Assert.All(found, r => Assert.Empty(search.Contained(r).Intersect(excluded)));
        Assert.All(RecipeBook.Shipped.Recipes.Except(found), r => Assert.NotEmpty(search.Contained(r).Intersect(excluded)));
    }

    [Fact]
    public async Task Without_chicken_does_not_mean_without_eggs()
    {
        var result = await ResultAsync(new RecipesTool().Find, """{"exclude":["鸡"],"ingredients":["鸡蛋"],"limit":10}""");
        Assert.Contains("番茄炒蛋", result.GetProperty("recipes").EnumerateArray().Select(r => r.GetProperty("name").GetString()));
        Assert.All(result.GetProperty("recipes").EnumerateArray(), r => Assert.DoesNotContain("鸡肉", Texts(r, "ingredients")));
    }

    [Fact]
    public async Task A_recipe_is_told_whole_in_one_language()
    {
        var recipe = (await ResultAsync(new RecipesTool().Find, """{"query":"素麻婆豆腐","limit":1}""")).GetProperty("recipes")[0];
        Assert.Equal("Mapo tofu with mushrooms", recipe.GetProperty("other_name").GetString());
        Assert.Equal(["豆腐", "蘑菇", "豆瓣酱", "花椒", "大蒜", "姜", "油"], Texts(recipe, "ingredients"));
        Assert.Equal(3, recipe.GetProperty("steps").GetArrayLength());
        Assert.Contains("vegan", Texts(recipe, "diets"));
        Assert.DoesNotContain("gluten_free", Texts(recipe, "diets"));
    }

    [Theory]
    [InlineData("""{"query":"xyzzy"}""")]
    [InlineData("""{"query":"火星岩石"}""")]
    [InlineData("""{"ingredients":["unicorn"]}""")]
    public async Task Nothing_fitting_is_an_empty_answer_and_no_error(string arguments) =>
        Assert.Equal(0, (await ResultAsync(new RecipesTool().Find, arguments)).GetProperty("total").GetInt32());

    [Theory]
    [InlineData("""{"diet":"moonlight"}""", "Parameter 'diet' must be one of: vegetarian")]
    [InlineData("""{"max_minutes":0}""", "Parameter 'max_minutes' must be from 1 to 1440.")]
    [InlineData("""{"limit":11}""", "Parameter 'limit' must be from 1 to 10.")]
    [InlineData("""{"ingredients":"tomato"}""", "Parameter 'ingredients' must be a JSON array.")]
    [InlineData("""{"ingredients":[5]}""", "Parameter 'ingredients' must be a JSON array.")]
    [InlineData("""{"max_minutes":"ten"}""", "Parameter 'max_minutes' must be a JSON integer.")]
    public async Task A_wrong_argument_is_named(string arguments, string error) =>
        Assert.StartsWith(error, (await CallAsync(new RecipesTool().Find, arguments)).Error, StringComparison.Ordinal);

    [Fact]
    public async Task Long_arguments_are_refused()
    {
        Assert.Contains("longer than 100", (await CallAsync(new RecipesTool().Find, $$"""{"query":"{{new string('x', 101)}}"}""")).Error, StringComparison.Ordinal);
        var many = JsonSerializer.Serialize(Enumerable.Repeat("x", 21));
        Assert.Contains("more than 20", (await CallAsync(new RecipesTool().Find, $$"""{"exclude":{{many}}}""")).Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string?> Texts(JsonElement recipe, string name) => recipe.GetProperty(name).EnumerateArray().Select(t => t.GetString());
}
