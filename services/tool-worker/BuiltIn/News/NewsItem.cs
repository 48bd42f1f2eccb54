namespace StreamChat.ToolWorker.BuiltIn.News;

/// <summary>One item of a feed, as plain text.</summary>
/// <param name="Title">Its headline.</param>
/// <param name="Summary">What it says, shortened; may be empty.</param>
/// <param name="Link">Where to read on; null when unknown.</param>
/// <param name="Published">When; null when unknown.</param>
/// <param name="Topics">What it is about, by the feed's own words.</param>
internal sealed record NewsItem(string Title, string Summary, string? Link, DateTimeOffset? Published, IReadOnlyList<string> Topics);

/// <summary>What a feed holds.</summary>
/// <param name="Language">Its language as the feed says, such as <c>en</c>; null when it does not.</param>
/// <param name="Items">As the feed orders them.</param>
internal sealed record NewsFeed(string? Language, IReadOnlyList<NewsItem> Items);
