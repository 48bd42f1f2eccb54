using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace StreamChat.ToolWorker.BuiltIn.News;

/// <summary>
/// Reads RSS 0.9x, 1.0 and 2.0, and Atom. Feeds come from strangers: a document type definition, which could make a small file huge
/// or name files of this machine, and elements nested without end are refused, nothing is loaded from elsewhere, and items without a
/// headline are left out.
/// </summary>
internal static class FeedParser
{
    private const int MaxTitle = 300;
    private const int MaxSummary = 500;
    private const int MaxLink = 500;
    private const int MaxTopics = 8;
    private const int MaxTopic = 50;

    // feeds have half a dozen, and those that carry whole pages as XHTML some more; a tree takes time with the square of its depth
    private const int MaxDepth = 64;

    private static readonly XName XmlLanguage = XNamespace.Xml + "lang";

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    // Chinese feeds may be in GB2312 or GBK, which .NET knows only when asked to
    static FeedParser() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <param name="feed">It is read twice, from where it begins.</param>
    /// <param name="maxItems">How many items are taken.</param>
    /// <exception cref="FormatException">It is no feed.</exception>
    public static NewsFeed Parse(Stream feed, int maxItems)
    {
        XDocument document;
        try
        {
            using (var depths = XmlReader.Create(feed, Settings))
            {
                CheckDepth(depths);
            }

            feed.Position = 0;
            using var reader = XmlReader.Create(feed, Settings);
            document = XDocument.Load(reader);
        }
        catch (XmlException e)
        {
            throw new FormatException("It is not well-formed XML, or has a document type definition.", e);
        }

        var root = document.Root!;
        return root.Name.LocalName switch
        {
            "rss" when Child(root, "channel") is { } channel => new NewsFeed(Language(Text(channel, "language", MaxTopic)), Items(Children(channel, "item"), Rss, maxItems)),
            "RDF" => new NewsFeed(Language(Child(root, "channel") is { } about ? Text(about, "language", MaxTopic) : ""), Items(Children(root, "item"), Rss, maxItems)),
            "feed" => new NewsFeed(Language(root.Attribute(XmlLanguage)?.Value ?? ""), Items(Children(root, "entry"), Atom, maxItems)),
            var other => throw new FormatException($"It is neither RSS nor Atom: its root is '{other}'."),
        };
    }

    private static void CheckDepth(XmlReader reader)
    {
        while (reader.Read())
        {
            if (reader.Depth > MaxDepth)
            {
                throw new FormatException($"Its elements are nested more than {MaxDepth} deep.");
            }
        }
    }

    private static List<NewsItem> Items(IEnumerable<XElement> elements, Func<XElement, NewsItem> read, int maxItems) =>
        [.. elements.Select(read).Where(i => i.Title.Length > 0).Take(maxItems)];

    private static NewsItem Rss(XElement item) => new(
        Text(item, "title", MaxTitle),
        FirstOf(Text(item, "description", MaxSummary), Text(item, "encoded", MaxSummary)),
        Link(Child(item, "link")?.Value),
        FeedDates.Parse(Child(item, "pubDate")?.Value ?? Child(item, "date")?.Value),
        Topics(Children(item, "category").Concat(Children(item, "subject")).Select(c => c.Value)));

    private static NewsItem Atom(XElement entry) => new(
        Text(entry, "title", MaxTitle),
        FirstOf(Text(entry, "summary", MaxSummary), Text(entry, "content", MaxSummary)),
        Link(Children(entry, "link").FirstOrDefault(l => l.Attribute("rel")?.Value is null or "alternate")?.Attribute("href")?.Value),
        FeedDates.Parse(Child(entry, "published")?.Value ?? Child(entry, "updated")?.Value),
        Topics(Children(entry, "category").Select(c => c.Attribute("label")?.Value ?? c.Attribute("term")?.Value ?? "")));

    // by local names: RSS 1.0 and Atom have namespaces, of which several versions are about
    private static IEnumerable<XElement> Children(XElement parent, string name) => parent.Elements().Where(e => e.Name.LocalName == name);

    // of two of a name the feed's own comes before one of an extension, such as itunes:title
    private static XElement? Child(XElement parent, string name) =>
        Children(parent, name).OrderBy(e => e.Name.Namespace == parent.Name.Namespace ? 0 : 1).FirstOrDefault();

    private static string Text(XElement parent, string name, int maxLength) => Child(parent, name) is { } child ? PlainText.Of(child.Value, maxLength) : "";

    private static string FirstOf(string first, string second) => first.Length > 0 ? first : second;

    private static List<string> Topics(IEnumerable<string> topics) =>
        [.. topics.Select(t => PlainText.Of(t, MaxTopic)).Where(t => t.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxTopics)];

    private static string? Link(string? link) =>
        Uri.TryCreate(link?.Trim(), UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) && address.AbsoluteUri.Length <= MaxLink
            ? address.AbsoluteUri
            : null;

    // "en-us" and "zh_CN" are "en" and "zh" here
    private static string? Language(string language) => language.Trim().ToLowerInvariant().Split('-', '_')[0] is { Length: > 0 } code ? code : null;
}
