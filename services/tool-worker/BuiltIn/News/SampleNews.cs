using System.Reflection;

namespace StreamChat.ToolWorker.BuiltIn.News;

/// <summary>Made-up news, for trying everything without a network; said to be made up.</summary>
internal sealed class SampleNews : INewsSource
{
    public const string Name = "sample data";

    private const string Prefix = "news/";
    private const int MaxItems = 100;

    private static readonly Lazy<IReadOnlyList<ReadFeed>> Feeds = new(() => [Read("sample.en.xml"), Read("sample.zh.xml")]);

    public Task<IReadOnlyList<ReadFeed>> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(Feeds.Value);

    private static ReadFeed Read(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Prefix + file)!;
        return new ReadFeed(Name, FeedParser.Parse(stream, MaxItems));
    }
}
