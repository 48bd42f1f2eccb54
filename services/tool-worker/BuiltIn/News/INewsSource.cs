namespace StreamChat.ToolWorker.BuiltIn.News;

/// <summary>Where the news comes from.</summary>
internal interface INewsSource
{
    /// <summary>All that can be had now.</summary>
    Task<IReadOnlyList<ReadFeed>> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>A feed as it was read.</summary>
/// <param name="Name">Named as the source of its items.</param>
/// <param name="Feed">What it holds; null when it could not be read.</param>
internal sealed record ReadFeed(string Name, NewsFeed? Feed);
