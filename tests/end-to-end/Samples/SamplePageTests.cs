using System.Globalization;
using Microsoft.Playwright;
using StreamChat.EndToEndTests.Page;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.EndToEndTests.Samples;

/// <summary>The documents' own pages and browser code in Chromium, against real processes through the edge.</summary>
[Collection(nameof(SampleCollection))]
public sealed class SamplePageTests(SampleStack stack)
{
    [Fact]
    public async Task AuraWells_chat_box_streams_an_answer_into_its_bubble()
    {
        var html = $"""
            <!doctype html><html lang="zh"><head><meta charset="utf-8"><style>{SampleFiles.Original("aurawell-chat-box.css")}</style></head>
            <body>{SampleFiles.Original("aurawell-chat-box.html")}
            <script>{Controller()}</script></body></html>
            """;
        await using var sample = await SamplePage.OpenAsync(html, stack.PageOrigin);
        var page = sample.Page;
        await Assertions.Expect(page.Locator("#connection-status")).ToHaveClassAsync("connected");
        await Assertions.Expect(page.Locator(".system-message")).ToHaveTextAsync("欢迎使用AuraWell健康助手！");

        await page.Locator("#message-input").FillAsync("我最近感觉很疲劳，有什么建议吗？");
        await page.Locator("#send-btn").ClickAsync();
        await Assertions.Expect(page.Locator("#processing-status")).ToHaveClassAsync("streaming");
        await Assertions.Expect(page.Locator("#processing-status")).ToHaveTextAsync("", new() { Timeout = 30_000 });
        await Assertions.Expect(page.Locator(".user-message")).ToHaveTextAsync("我最近感觉很疲劳，有什么建议吗？");
        Assert.True((await page.Locator(".assistant-message").InnerTextAsync()).Length > 20);
        await Assertions.Expect(page.Locator(".error-message")).ToHaveCountAsync(0);
        Assert.DoesNotContain(sample.Console, line => line.StartsWith("ERROR", StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, "aurawell-chat-box.png") });
        }

        // the sample's own classes as globals of the page, with what it leaves undefined filled in before it is used
        string Controller()
        {
            var text = stack.WithOurAddress(SampleFiles.Original("aurawell-chat-box.js"));
            var use = text.IndexOf("// 初始化聊天控制器", StringComparison.Ordinal);
            return text[..use] + SampleFiles.Harness("aurawell-chat-box.js") + text[use..];
        }
    }

    [Fact]
    public async Task The_agent_engines_sample_runs_in_a_browser()
    {
        var html = $"<!doctype html><script>{stack.WithOurAddress(SampleFiles.Original("agent-engine.js"))}</script>";
        await Eventually.TrueAsync(AnswersAsync, TimeSpan.FromMinutes(2));

        // it asks once, when it is opened: on a busy machine that may be rejected as retryable, and a person would open it again
        async Task<bool> AnswersAsync()
        {
            await using var sample = await SamplePage.OpenAsync(html, stack.PageOrigin);
            return await Eventually.ComesTrueAsync(() => sample.Console.Any(line => line.Contains("stream_end", StringComparison.Ordinal)), TimeSpan.FromSeconds(30))
                && sample.Console.Contains("Connected");
        }
    }

    [Fact]
    public async Task A_page_that_is_not_on_the_list_cannot_connect()
    {
        var html = $"<!doctype html><script>{stack.WithOurAddress(SampleFiles.Original("agent-engine.js"))}</script>";
        await using var sample = await SamplePage.OpenAsync(html, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePorts.Next()}")), Chromium.ForeignHost);
        await Eventually.TrueAsync(() => sample.Console.Contains("Disconnected"), TimeSpan.FromSeconds(30));
        Assert.DoesNotContain("Connected", sample.Console);
    }

    [Theory]
    [InlineData("session-websocket.js")]
    [InlineData("session-sse.js")]
    public async Task The_migrations_front_end_gets_its_answer_over_either_transport(string original)
    {
        // its page comes from the same address as its answers
        await using var sample = await SamplePage.OpenAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{stack.Port(8000)}/api")));
        var method = SampleFiles.Original(original).Replace("async streamChat(", "globalThis.streamChat = async function (", StringComparison.Ordinal);
        await sample.Page.EvaluateAsync($"() => {{ {SampleFiles.Harness("session.js")}\n{method}\nglobalThis.frontEnd = runFrontEnd(streamChat, '请计算 123 + 456'); }}");
        await sample.Page.WaitForFunctionAsync("() => frontEnd.frames.some(f => f.type === 'done')", null, new() { Timeout = 30_000 });
        var text = await sample.Page.EvaluateAsync<string>("() => frontEnd.frames.filter(f => f.type === 'content').map(f => f.content).join('')");
        Assert.Contains("579", text, StringComparison.Ordinal);
    }
}
