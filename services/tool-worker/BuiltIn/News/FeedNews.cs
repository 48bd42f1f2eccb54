using Microsoft.Extensions.Options;
using StreamChat.ToolWorker.BuiltIn.Http;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.BuiltIn.News;

/// <summary>
/// The news of the configured feeds. Each is kept for a while after it was read, and stands in for some time when it cannot be read;
/// there are as many of them as are configured, and no more.
/// </summary>
internal sealed partial class FeedNews : INewsSource, IDisposable
{
    // so that those who wait do not each wait for the same silence in turn
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(15);

    private readonly BoundedHttp _http;
    private readonly NewsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<FeedNews> _logger;
    private readonly IReadOnlyList<Source> _sources;

    public FeedNews(BoundedHttp http, IOptions<NewsOptions> options, TimeProvider time, ILogger<FeedNews> logger)
    {
        (_http, _options, _time, _logger) = (http, options.Value, time, logger);
        _sources = [.. _options.Feeds.Select(f => new Source(f.Name, f.Address!))];
    }

    public async Task<IReadOnlyList<ReadFeed>> ReadAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(_sources.Select(s => ReadAsync(s, cancellationToken)));

    public void Dispose()
    {
        foreach (var source in _sources)
        {
            source.Turn.Dispose();
        }
    }

    /// <summary>Many may ask at once; one reads, and the others find what it read.</summary>
    private async Task<ReadFeed> ReadAsync(Source source, CancellationToken cancellationToken)
    {
        if (!IsYoung(source, _options.CacheFor))
        {
            await source.Turn.WaitAsync(cancellationToken);
            try
            {
                if (!IsYoung(source, _options.CacheFor) && !(source.FailedAt is { } failed && _time.GetElapsedTime(failed) < RetryAfter))
                {
                    var read = await FetchAsync(source, cancellationToken);
                    source.FailedAt = read is null ? _time.GetTimestamp() : null;
                    source.Kept = read is null ? source.Kept : new Kept(read, _time.GetTimestamp());
                }
            }
            finally
            {
                source.Turn.Release();
            }
        }

        return new ReadFeed(source.Name, IsYoung(source, _options.CacheFor + _options.KeepStaleFor) ? source.Kept!.Feed : null);
    }

    private async Task<NewsFeed?> FetchAsync(Source source, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await _http.GetAsync($"news feed '{source.Name}'", source.Address, _options.Timeout, _options.MaxFeedBytes, cancellationToken);
            using MemoryStream stream = new(bytes);
            return FeedParser.Parse(stream, _options.ItemsPerFeed);
        }
        catch (ToolException)
        {
            // logged where it happened
            return null;
        }
        catch (FormatException e)
        {
            LogUnreadable(source.Name, e.Message);
            return null;
        }
    }

    private bool IsYoung(Source source, TimeSpan age) => source.Kept is { } kept && _time.GetElapsedTime(kept.ReadAt) < age;

    [LoggerMessage(3214, LogLevel.Warning, "The news feed {Feed} cannot be read. {Problem}")]
    private partial void LogUnreadable(string feed, string problem);

    private sealed class Source(string name, Uri address)
    {
        public string Name => name;

        public Uri Address => address;

        public SemaphoreSlim Turn { get; } = new(1, 1);

        /// <summary>When it could last not be read; null when it could. Belongs to whoever has the turn.</summary>
        public long? FailedAt { get; set; }

        public volatile Kept? Kept;
    }

    private sealed record Kept(NewsFeed Feed, long ReadAt);
}
