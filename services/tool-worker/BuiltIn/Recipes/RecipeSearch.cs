using System.Text.RegularExpressions;

namespace StreamChat.ToolWorker.BuiltIn.Recipes;

/// <summary>What is looked for.</summary>
internal sealed record RecipeWish
{
    /// <summary>The dish or what it is like, in free words; empty for any.</summary>
    public string Query { get; init; } = "";

    /// <summary>What has to be in it.</summary>
    public IReadOnlyList<string> Ingredients { get; init; } = [];

    /// <summary>What must not be in it: names of ingredients, or of what they contain.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>What must not be contained: see <see cref="Ingredient.Contains"/>.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>How long it may take; null for any time.</summary>
    public int? MaxMinutes { get; init; }
}

/// <summary>Finds recipes, the best first: by their name, then by kind and ingredients.</summary>
internal sealed partial class RecipeSearch(RecipeBook book)
{
    private const int ForName = 8;
    private const int ForNamePart = 4;
    private const int ForTag = 3;
    private const int ForIngredient = 2;

    /// <summary>Words in which people wrap what they look for.</summary>
    private static readonly HashSet<string> Filler = new(
        ["a", "an", "the", "some", "any", "with", "and", "or", "of", "for", "in", "to", "recipe", "recipes", "dish", "dishes", "food", "meal", "good", "nice", "easy"],
        StringComparer.Ordinal);

    public IReadOnlyList<Recipe> Find(RecipeWish wish)
    {
        var words = Words(wish.Query);
        return book.Recipes
            .Where(r => (wish.MaxMinutes is not { } minutes || r.Minutes <= minutes)
                && wish.Ingredients.All(i => Uses(r, i))
                && !wish.Exclude.Any(i => Uses(r, i))
                && !Contained(r).Overlaps(wish.Without))
            .Select(r => (Recipe: r, Score: words.Count == 0 ? 1 : Score(r, wish.Query, words)))
            .Where(f => f.Score > 0)
            .OrderByDescending(f => f.Score)
            .ThenBy(f => f.Recipe.Minutes)
            .ThenBy(f => f.Recipe.Id, StringComparer.Ordinal)
            .Select(f => f.Recipe)
            .ToList();
    }

    public Ingredient Ingredient(string key) => book.Ingredients[key];

    /// <summary>What some people do not eat and the recipe contains.</summary>
    public IReadOnlySet<string> Contained(Recipe recipe) =>
        recipe.Ingredients.SelectMany(i => book.Ingredients[i].Contains).ToHashSet(StringComparer.Ordinal);

    private int Score(Recipe recipe, string query, IReadOnlyList<string> words)
    {
        var whole = string.Equals(recipe.En, query.Trim(), StringComparison.OrdinalIgnoreCase) || recipe.Zh == query.Trim() ? ForName : 0;
        return whole + words.Sum(word =>
            Mentions(recipe.En, word) || Mentions(recipe.Zh, word) ? ForNamePart
            : recipe.Tags.Any(t => Mentions(t, word)) ? ForTag
            : Uses(recipe, word) ? ForIngredient
            : 0);
    }

    /// <summary>By any name; a single Chinese letter is a name of its own, so that chicken (鸡) is not in eggs (鸡蛋).</summary>
    private bool Uses(Recipe recipe, string name)
    {
        var wanted = name.Trim();
        return wanted.Length > 0 && recipe.Ingredients.Select(i => book.Ingredients[i]).Any(i =>
            Names(i).Any(n => wanted.Length == 1 ? n == wanted : Mentions(n, wanted)) || i.Contains.Any(c => Mentions(c, wanted)));
    }

    private static IEnumerable<string> Names(Ingredient ingredient) => [ingredient.En, ingredient.Zh, .. ingredient.Also];

    /// <summary>English by whole words, one or many of them; Chinese by parts.</summary>
    private static bool Mentions(string text, string word) =>
        IsChinese(word)
            ? text.Contains(word, StringComparison.Ordinal)
            : $" {string.Join(' ', Split(text))} ".Contains($" {string.Join(' ', Split(word))} ", StringComparison.Ordinal);

    /// <summary>What is looked for, word by word. Chinese is written without spaces: any known name in it counts, else its letters two by two.</summary>
    private List<string> Words(string query)
    {
        List<string> words = [.. Split(query).Where(w => !IsChinese(w) && !Filler.Contains(w))];
        foreach (Match part in ChineseParts().Matches(query))
        {
            var known = book.Ingredients.Values.SelectMany(Names).Concat(book.Recipes.SelectMany(r => r.Tags.Append(r.Zh)))
                .Where(n => IsChinese(n) && part.Value.Contains(n, StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).ToList();
            words.AddRange(known.Count > 0 ? known
                : part.Length <= 2 ? [part.Value]
                : Enumerable.Range(0, part.Length - 1).Select(i => part.Value.Substring(i, 2)));
        }

        return words;
    }

    private static IEnumerable<string> Split(string text) => EnglishWords().Matches(text.ToLowerInvariant()).Select(m => Singular(m.Value));

    private static string Singular(string word) =>
        word.Length > 4 && word.EndsWith("ies", StringComparison.Ordinal) ? $"{word[..^3]}y"
        : word.Length > 4 && word.EndsWith("oes", StringComparison.Ordinal) ? word[..^2]
        : word.Length > 3 && word.EndsWith('s') && !word.EndsWith("ss", StringComparison.Ordinal) && !word.EndsWith("us", StringComparison.Ordinal) ? word[..^1]
        : word;

    private static bool IsChinese(string text) => text.AsSpan().IndexOfAnyInRange('\u3400', '\u9FFF') >= 0;

    [GeneratedRegex(@"[\u3400-\u9FFF]+")]
    private static partial Regex ChineseParts();

    [GeneratedRegex(@"[\p{L}\p{Nd}']+")]
    private static partial Regex EnglishWords();
}
