using System.ComponentModel;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.BuiltIn.News;

/// <summary>The news, in general or on a topic.</summary>
internal sealed class NewsTool(INewsSource source, IOptions<NewsOptions> options)
{
    public const string Name = "news";

    private const string Description =
        "Finds the news, newest first, in general or on a topic. When an item's source is 'sample data', tell the user that it is no real news.";

    private const string SampleNote = "This is made-up sample data, not real news.";
    private const int MaxTopicLength = 100;
    private const int DefaultItems = 5;
    private const int MostItems = 20;
    private const int ShortWord = 3;

    public Tool Find => Tool.OfJson(FindAsync, Name, Description, options.Value.Timeout + TimeSpan.FromSeconds(2));

    private async Task<JsonElement> FindAsync(
        [Description("Words that the news must be about, such as 'space' or '科技'; all news if absent.")] string? topic = null,
        [Description("Only news in this language, for example 'en' or 'zh'; any if absent.")] string? language = null,
        [Description("How many, 1 to 20; 5 if absent.")] int? limit = null,
        CancellationToken cancellationToken = default)
    {
        var wanted = topic?.Trim() ?? "";
        if (wanted.Length > MaxTopicLength)
        {
            throw new ToolException($"Parameter 'topic' is longer than {MaxTopicLength} characters.");
        }

        if (limit is < 1 or > MostItems)
        {
            throw new ToolException($"Parameter 'limit' must be from 1 to {MostItems}.");
        }

        var feeds = await source.ReadAsync(cancellationToken);
        if (feeds.All(f => f.Feed is null))
        {
            throw new ToolException("No news feed can be read now. Try again later.");
        }

        var words = wanted.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var found = feeds
            .Where(f => f.Feed is not null && Speaks(f.Feed, language))
            .SelectMany(f => f.Feed!.Items.Where(i => IsAbout(i, words)).Select(i => (f.Name, Item: i)))
            .OrderByDescending(i => i.Item.Published ?? DateTimeOffset.MinValue)
            .ToList();
        var result = new NewsResult(
            wanted.Length == 0 ? null : wanted,
            [.. found.Take(limit ?? DefaultItems).Select(i => new NewsEntry(i.Item.Title, i.Item.Summary, i.Name, i.Item.Published, i.Item.Link))],
            found.Count)
        {
            Unreadable = feeds.Where(f => f.Feed is null).Select(f => f.Name).ToList() is { Count: > 0 } silent ? silent : null,
            Note = feeds.Any(f => f.Name == SampleNews.Name) ? SampleNote : null,
        };
        return JsonSerializer.SerializeToElement(result, NewsJson.Plain.NewsResult);
    }

    /// <summary>A feed that does not say its language may be in any.</summary>
    private static bool Speaks(NewsFeed feed, string? language) =>
        string.IsNullOrWhiteSpace(language) || feed.Language is null
        || feed.Language == language.Trim().ToLowerInvariant().Split('-', '_')[0];

    private static bool IsAbout(NewsItem item, string[] words) =>
        Array.TrueForAll(words, word => Has(item.Title, word) || Has(item.Summary, word) || item.Topics.Any(t => Has(t, word)));

    /// <summary>Chinese is written without spaces; elsewhere a word begins where it begins, and a short one ends where it ends: 'AI' is not in 'said'.</summary>
    private static bool Has(string text, string word)
    {
        for (var at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + word.Length;
            if (word[0] >= '\u2E80'
                || ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (word.Length > ShortWord || end == text.Length || !char.IsLetterOrDigit(text[end]))))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>What the tool answers.</summary>
/// <param name="Topic">What was asked for; null for all.</param>
/// <param name="Items">Newest first.</param>
/// <param name="Total">How many there are in all.</param>
internal sealed record NewsResult(string? Topic, IReadOnlyList<NewsEntry> Items, int Total)
{
    /// <summary>Feeds that could not be read; null when all could.</summary>
    public IReadOnlyList<string>? Unreadable { get; init; }

    /// <summary>Tells the model what to tell the user; null when there is nothing to be said.</summary>
    public string? Note { get; init; }
}

/// <summary>One item.</summary>
internal sealed record NewsEntry(string Title, string Summary, string Source, DateTimeOffset? Published, string? Link);

[JsonSerializable(typeof(NewsResult))]
internal sealed partial class NewsJson : JsonSerializerContext
{
    /// <summary>As models like to read it.</summary>
    public static NewsJson Plain { get; } = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}
