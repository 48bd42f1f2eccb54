using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using StreamChat.IntegrationTests.Storage;
using StreamChat.Storage;
using StreamChat.ToolWorker.BuiltIn.News;

namespace StreamChat.IntegrationTests.Tools;

/// <summary>The news of feeds, over real HTTP, and every way in which a feed can fail.</summary>
public sealed class NewsFeedTests : IAsyncLifetime
{
    private const string Rss = """
        <rss version="2.0"><channel><language>en</language>
          <item><title>Moon base opens</title><description>&lt;b&gt;Twelve&lt;/b&gt; people live there.</description><link>https://example.org/moon</link><pubDate>Tue, 03 Mar 2026 10:00:00 GMT</pubDate></item>
          <item><title>Older news</title><pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate></item>
        </channel></rss>
        """;

    private const string Atom = """
        <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh"><entry><title>月球基地启用</title><updated>2026-03-03T12:00:00Z</updated></entry></feed>
        """;

    private ScriptedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Several_feeds_are_read_at_once_and_told_together_newest_first()
    {
        Answer();
        await using var services = Services();
        var result = (await CallAsync(services, "{}")).Result!.Value;
        Assert.Equal(
            """{"items":[{"title":"月球基地启用","summary":"","source":"华文","published":"2026-03-03T12:00:00+00:00"},{"title":"Moon base opens","summary":"Twelve people live there.","source":"World","published":"2026-03-03T10:00:00+00:00","link":"https://example.org/moon"},{"title":"Older news","summary":"","source":"World","published":"2026-03-02T10:00:00+00:00"}],"total":3}""",
            result.GetRawText());
        Assert.Equal("Moon base opens", Title(await CallAsync(services, """{"language":"en","topic":"moon"}""")));
        Assert.Equal(2, _server.Asked.Count);
    }

    [Fact]
    public async Task Many_questions_at_once_read_a_feed_once()
    {
        Answer();
        await using var services = Services();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CallAsync(services, "{}")));
        Assert.All(answers, a => Assert.Equal("月球基地启用", Title(a)));
        Assert.Equal(["/atom", "/rss"], _server.Asked.Order());
    }

    [Fact]
    public async Task A_feed_in_an_older_encoding_is_read()
    {
        _server.Script = async context =>
        {
            var text = Encoding.Latin1.GetBytes("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><rss><channel><item><title>Caf\u00e9 \u00fcber alles</title></item></channel></rss>");
            await context.Response.Body.WriteAsync(text);
        };
        await using var services = Services();
        Assert.Equal("Café über alles", Title(await CallAsync(services, "{}")));
    }

    [Theory]
    [InlineData(Fault.TooManyRequests)]
    [InlineData(Fault.ServerError)]
    [InlineData(Fault.Silent)]
    [InlineData(Fault.CutOff)]
    [InlineData(Fault.Endless)]
    [InlineData(Fault.Malformed)]
    [InlineData(Fault.OfAnotherForm)]
    public async Task A_feed_that_fails_is_named_and_the_others_are_told(Fault fault)
    {
        _server.Script = context => context.Request.Path == "/rss" ? Faults.ApplyAsync(fault, context) : context.Response.WriteAsync(Atom);
        await using var services = Services();
        var result = (await CallAsync(services, "{}")).Result!.Value;
        Assert.Equal("World", result.GetProperty("unreadable")[0].GetString());
        Assert.Equal(1, result.GetProperty("total").GetInt32());

        // and is left alone for a while
        var asked = _server.Asked.Count;
        await CallAsync(services, "{}");
        Assert.Equal(asked, _server.Asked.Count);
    }

    [Fact]
    public async Task When_every_feed_fails_it_is_an_error()
    {
        _server.Says("", status: 500);
        await using var services = Services();
        Assert.Equal("No news feed can be read now. Try again later.", (await CallAsync(services, "{}")).Error);
    }

    [Fact]
    public async Task A_feed_that_was_read_before_stands_in_while_it_cannot_be_read()
    {
        Answer();
        await using var services = Services(("Tools:News:CacheFor", "00:00:00"));
        await CallAsync(services, "{}");
        _server.Says("", status: 500);
        var result = (await CallAsync(services, "{}")).Result!.Value;
        Assert.Equal(3, result.GetProperty("total").GetInt32());
        Assert.False(result.TryGetProperty("unreadable", out _));
        Assert.Equal(4, _server.Asked.Count);
    }

    [Fact]
    public async Task A_document_type_definition_is_refused()
    {
        _server.Says("<!DOCTYPE rss [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><rss><channel><item><title>&x;</title></item></channel></rss>");
        await using var services = Services();
        Assert.Equal("No news feed can be read now. Try again later.", (await CallAsync(services, "{}")).Error);
    }

    private static string? Title(Contracts.Tools.ToolResult answer) => answer.Result!.Value.GetProperty("items")[0].GetProperty("title").GetString();

    private static async Task<Contracts.Tools.ToolResult> CallAsync(ServiceProvider services, string arguments)
    {
        await using OpenTools tools = new(
            new StoreOptions { ConnectionString = "Data Source=:memory:" }, null, null, services.GetRequiredService<NewsTool>().Find);
        return await tools.InvokeAsync("news", arguments);
    }

    private void Answer() => _server.Script = context => context.Response.WriteAsync(context.Request.Path == "/rss" ? Rss : Atom);

    private ServiceProvider Services(params (string Key, string Value)[] settings) => WeatherServiceTests.Services(
        _server.Address,
        [],
        [
            ("Tools:News:Feeds:0:Name", "World"), ("Tools:News:Feeds:0:Address", new Uri(_server.Address, "/rss").ToString()),
            ("Tools:News:Feeds:1:Name", "华文"), ("Tools:News:Feeds:1:Address", new Uri(_server.Address, "/atom").ToString()),
            .. settings,
        ]);
}
