using System.Text;
using StreamChat.ToolWorker.BuiltIn.News;

namespace StreamChat.UnitTests.ToolWorker.BuiltIn;

public sealed class FeedParserTests
{
    [Fact]
    public void Rss_is_read_as_plain_text()
    {
        var feed = Parse("""
            <?xml version="1.0" encoding="utf-8"?>
            <rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">
              <channel>
                <title>All</title><language>en-GB</language>
                <item>
                  <itunes:title>Not this</itunes:title>
                  <title>Rock &amp;amp; roll &lt;b&gt;lives&lt;/b&gt;</title>
                  <description><![CDATA[<p>First&nbsp;line.</p><script>alert("<x>")</script><p>Second   line.</p>]]></description>
                  <link> https://example.org/a?b=1 </link>
                  <pubDate>Tue, 03 Mar 2026 21:34:05 EST</pubDate>
                  <category>Music</category><category>music</category><category>Culture</category>
                </item>
                <item><title> </title><description>Without a headline</description></item>
                <item><title>Bare</title><link>javascript:alert(1)</link><pubDate>soon</pubDate></item>
                <item><title>Encoded</title><content:encoded>&lt;i&gt;Long&lt;/i&gt; text</content:encoded></item>
              </channel>
            </rss>
            """);
        Assert.Equal("en", feed.Language);
        Assert.Equal(["Rock & roll lives", "Bare", "Encoded"], feed.Items.Select(i => i.Title));
        Assert.Equal("First line. Second line.", feed.Items[0].Summary);
        Assert.Equal("https://example.org/a?b=1", feed.Items[0].Link);
        Assert.Equal(new DateTimeOffset(2026, 3, 4, 2, 34, 5, TimeSpan.Zero), feed.Items[0].Published);
        Assert.Equal(["Music", "Culture"], feed.Items[0].Topics);
        Assert.Equal((null, null, ""), (feed.Items[1].Link, feed.Items[1].Published, feed.Items[1].Summary));
        Assert.Equal("Long text", feed.Items[2].Summary);
    }

    [Fact]
    public void Atom_is_read_as_plain_text()
    {
        var feed = Parse("""
            <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">
              <title>新闻</title>
              <entry>
                <title type="html">科技&lt;em&gt;新闻&lt;/em&gt;</title>
                <link rel="self" href="https://example.org/self"/><link href="https://example.org/文章"/>
                <content type="html">&lt;p&gt;内容&lt;/p&gt;</content>
                <updated>2026-03-03T10:00:00+08:00</updated>
                <category term="tech" label="科技"/>
              </entry>
            </feed>
            """);
        Assert.Equal("zh", feed.Language);
        var item = Assert.Single(feed.Items);
        Assert.Equal(("科技 新闻", "内容", "https://example.org/%E6%96%87%E7%AB%A0"), (item.Title, item.Summary, item.Link));
        Assert.Equal(new DateTimeOffset(2026, 3, 3, 2, 0, 0, TimeSpan.Zero), item.Published);
        Assert.Equal(["科技"], item.Topics);
    }

    [Fact]
    public void Rss_1_0_is_read()
    {
        var feed = Parse("""
            <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
              <channel><title>All</title></channel>
              <item><title>One</title><link>https://example.org/1</link><dc:date>2026-03-03T10:00Z</dc:date><dc:subject>space</dc:subject></item>
            </rdf:RDF>
            """);
        var item = Assert.Single(feed.Items);
        Assert.Equal(("One", "https://example.org/1", new DateTimeOffset(2026, 3, 3, 10, 0, 0, TimeSpan.Zero)), (item.Title, item.Link, item.Published));
        Assert.Equal(["space"], item.Topics);
    }

    [Fact]
    public void A_feed_in_a_chinese_encoding_is_read()
    {
        // the classes of the parser have been used, and with them its encodings are there
        Parse("<rss><channel/></rss>");
        var bytes = Encoding.GetEncoding("gb2312").GetBytes("<?xml version=\"1.0\" encoding=\"gb2312\"?><rss><channel><item><title>新闻</title></item></channel></rss>");
        using MemoryStream stream = new(bytes);
        Assert.Equal("新闻", Assert.Single(FeedParser.Parse(stream, 10).Items).Title);
    }

    [Theory]
    [InlineData("<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><rss><channel><item><title>&b;</title></item></channel></rss>")]
    [InlineData("<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><rss><channel><item><title>&x;</title></item></channel></rss>")]
    [InlineData("<rss><channel><item>")]
    [InlineData("<html><body/></html>")]
    [InlineData("<rss/>")]
    [InlineData("not xml")]
    [InlineData("")]
    public void What_is_no_feed_or_would_load_or_swell_is_refused(string text) => Assert.Throws<FormatException>(() => Parse(text));

    [Fact]
    public void A_feed_nested_without_end_is_refused_before_a_tree_of_it_takes_all_time()
    {
        static string Nested(int depth) =>
            $"<rss><channel><item><title>One</title><description>{string.Concat(Enumerable.Repeat("<b>", depth))}deep{string.Concat(Enumerable.Repeat("</b>", depth))}</description></item></channel></rss>";

        Assert.Equal("deep", Assert.Single(Parse(Nested(50)).Items).Summary);
        var refused = Assert.Throws<FormatException>(() => Parse(Nested(100_000)));
        Assert.Equal("Its elements are nested more than 64 deep.", refused.Message);
    }

    [Fact]
    public void Texts_and_items_are_bounded()
    {
        var items = string.Concat(Enumerable.Repeat($"<item><title>{new string('标', 5000)}</title><description>{new string('x', 50000)}</description></item>", 20));
        var feed = Parse($"<rss><channel>{items}</channel></rss>", maxItems: 7);
        Assert.Equal(7, feed.Items.Count);
        Assert.All(feed.Items, i => Assert.Equal((301, 501), (i.Title.Length, i.Summary.Length)));
    }

    [Theory]
    [InlineData("Tue, 03 Mar 2026 10:00:00 GMT", "2026-03-03T10:00:00Z")]
    [InlineData("Mon, 03 Mar 2026 10:00:00 +0800", "2026-03-03T02:00:00Z")] // the wrong weekday
    [InlineData("3 Mar 2026 10:00 PDT", "2026-03-03T17:00:00Z")]
    [InlineData("2026-03-03T10:00:00.123+02:00", "2026-03-03T08:00:00.123Z")]
    [InlineData("2026-03-03", "2026-03-03T00:00:00Z")]
    [InlineData("yesterday", null)]
    [InlineData(" ", null)]
    public void Dates_are_read_as_they_are_written(string text, string? expected) =>
        Assert.Equal(expected is null ? null : DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), FeedDates.Parse(text));

    private static NewsFeed Parse(string text, int maxItems = 100)
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(text.Trim()));
        return FeedParser.Parse(stream, maxItems);
    }
}
