using System.ComponentModel.DataAnnotations;
using StreamChat.ToolWorker.BuiltIn.Http;

namespace StreamChat.ToolWorker.BuiltIn.News;

/// <summary>Section <c>Tools:News</c>.</summary>
internal sealed class NewsOptions : IValidatableObject
{
    public const string Section = "Tools:News";

    private const int MostFeeds = 20;

    /// <summary>The feeds, RSS or Atom; sample news of our own, said to be such, when there is none.</summary>
    public IList<NewsFeedOptions> Feeds { get; } = [];

    /// <summary>How long reading a feed may take; all are read at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>How long a feed may be.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxFeedBytes { get; set; } = 1024 * 1024;

    /// <summary>How long a feed that was read is not read again.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan CacheFor { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>For how long after that it still stands in when the feed cannot be read.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan KeepStaleFor { get; set; } = TimeSpan.FromHours(6);

    /// <summary>How many items are kept of each feed.</summary>
    [Range(1, 1_000)]
    public int ItemsPerFeed { get; set; } = 100;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Feeds.Count > MostFeeds)
        {
            yield return new ValidationResult($"Has more than {MostFeeds} feeds.", [nameof(Feeds)]);
        }

        for (var i = 0; i < Feeds.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(Feeds[i].Name))
            {
                yield return new ValidationResult("Is required.", [$"{nameof(Feeds)}:{i}:{nameof(NewsFeedOptions.Name)}"]);
            }

            if (!HttpAddress.IsUsable(Feeds[i].Address))
            {
                yield return new ValidationResult(HttpAddress.Wanted, [$"{nameof(Feeds)}:{i}:{nameof(NewsFeedOptions.Address)}"]);
            }
        }
    }
}

/// <summary>A feed.</summary>
internal sealed class NewsFeedOptions
{
    /// <summary>Named as the source of its items.</summary>
    public string Name { get; set; } = "";

    /// <summary>Where it is.</summary>
    public Uri? Address { get; set; }
}
