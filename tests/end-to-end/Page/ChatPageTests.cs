using Microsoft.Playwright;
using StreamChat.EndToEndTests.Standalone;

namespace StreamChat.EndToEndTests.Page;

/// <summary>The page at / in a real Chromium, against the standalone server.</summary>
[Collection(nameof(StandaloneCollection))]
public sealed class ChatPageTests(StandaloneServer server) : PageTest(server)
{
    private const string Question = "What is 12.5% of 1,847, and what time is it in Tokyo?";

    private IPage _page = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _page = await OpenChatAsync("en-US");
    }

    [Fact]
    public async Task An_answer_streams_with_its_tools_its_times_and_its_trace()
    {
        await _page.GetByTestId("message-input").Or(_page.Locator("#message-input")).FillAsync(Question);
        await _page.Keyboard.PressAsync("Enter");

        var answer = _page.GetByTestId("assistant-message").Last;
        await Assertions.Expect(answer).ToHaveAttributeAsync("data-state", "done", new() { Timeout = AnswerDeadline });
        await Assertions.Expect(_page.GetByTestId("user-message").Last).ToContainTextAsync(Question);
        await Assertions.Expect(answer).ToContainTextAsync("230.875");
        await Assertions.Expect(answer.GetByTestId("tool-call")).ToHaveCountAsync(2);
        await Assertions.Expect(answer.Locator("[data-testid=tool-call][data-tool=calculator]")).ToHaveAttributeAsync("data-state", "done");
        await Assertions.Expect(answer.Locator("[data-testid=tool-call][data-tool=current_time] [data-testid=tool-result]")).ToContainTextAsync("Asia/Tokyo");
        await Assertions.Expect(answer.GetByTestId("trace-id")).ToContainTextAsync(new System.Text.RegularExpressions.Regex("[0-9a-f]{8,32}"));
        Assert.InRange(await NumberAsync(answer.GetByTestId("ttft")), 0.01, AnswerDeadline);
        Assert.InRange(await NumberAsync(answer.GetByTestId("rate")), 1, 100_000);
        await SaveAsync(_page, "answer");
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task Escape_cancels_and_the_conversation_goes_on()
    {
        await AskAsync("/load 100000 50");
        var answer = _page.GetByTestId("assistant-message").Last;
        await Assertions.Expect(answer).ToContainTextAsync("5@");
        await _page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(answer).ToHaveAttributeAsync("data-state", "cancelled");

        await AskAsync("My name is Ada.");
        await Assertions.Expect(_page.GetByTestId("assistant-message").Last).ToHaveAttributeAsync("data-state", "done", new() { Timeout = AnswerDeadline });
        await AskAsync("What is my name?");
        await Assertions.Expect(_page.GetByTestId("assistant-message").Last).ToContainTextAsync("Ada", new() { Timeout = AnswerDeadline });
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task It_speaks_chinese_to_those_who_do()
    {
        var page = await OpenChatAsync("zh-CN");
        await page.Locator("#message-input").FillAsync("1847的12.5%是多少？东京现在几点？");
        await page.Keyboard.PressAsync("Enter");
        var answer = page.GetByTestId("assistant-message").Last;
        await Assertions.Expect(answer).ToHaveAttributeAsync("data-state", "done", new() { Timeout = AnswerDeadline });
        await Assertions.Expect(answer).ToContainTextAsync("230.875");
        await Assertions.Expect(answer).ToContainTextAsync(new System.Text.RegularExpressions.Regex("[\u4e00-\u9fff]"));
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("lang", new System.Text.RegularExpressions.Regex("^zh"));
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task It_fits_a_phone()
    {
        await _page.SetViewportSizeAsync(375, 740);
        await AskAsync(Question);
        await Assertions.Expect(_page.GetByTestId("assistant-message").Last).ToHaveAttributeAsync("data-state", "done", new() { Timeout = AnswerDeadline });
        await FitsAsync(_page);
        await Assertions.Expect(_page.Locator("#message-input")).ToBeInViewportAsync();
        await SaveAsync(_page, "phone");
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task In_a_low_window_the_welcome_begins_at_its_top_and_the_first_answer_is_followed()
    {
        var page = await OpenAsync("/", width: 640, height: 400); // as at 200 % zoom
        await ConnectedAsync(page);
        await Assertions.Expect(page.Locator("#welcome h2")).ToBeInViewportAsync();
        await page.GetByTestId("example").Last.ClickAsync();
        await Assertions.Expect(page.GetByTestId("assistant-message")).ToHaveAttributeAsync("data-state", "done", new() { Timeout = AnswerDeadline });
        await Assertions.Expect(page.GetByTestId("assistant-message").GetByTestId("model")).ToBeInViewportAsync();
        await Assertions.Expect(page.Locator("#latest")).ToBeHiddenAsync();
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task The_menu_leads_to_every_page_and_the_language_chosen_goes_along()
    {
        await _page.GetByTestId("language").ClickAsync();
        await Assertions.Expect(_page.Locator("html")).ToHaveAttributeAsync("lang", "zh-CN");
        await Assertions.Expect(_page.GetByTestId("connection-state")).ToHaveTextAsync("已连接");

        foreach (var (name, path) in new[] { ("助手测试", "/test"), ("智能体引擎测试", "/static/test_websocket.html"), ("接口文档", "/docs"), ("对话", "/") })
        {
            await _page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).ClickAsync();
            await _page.WaitForURLAsync(new Uri(Server.Process.BaseAddress, path).ToString());
            await Assertions.Expect(_page.Locator("html")).ToHaveAttributeAsync("lang", "zh-CN");
            await Assertions.Expect(_page.Locator("nav a[aria-current=page]")).ToHaveTextAsync(name);
        }

        Assert.Empty(Problems);
    }

    [Fact]
    public async Task On_a_phone_the_menu_opens_and_closes_by_keyboard()
    {
        await _page.SetViewportSizeAsync(375, 740);
        var link = _page.GetByRole(AriaRole.Link, new() { Name = "API", Exact = true });
        await Assertions.Expect(link).ToBeHiddenAsync();
        await _page.GetByTestId("menu").FocusAsync();
        await _page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(link).ToBeVisibleAsync();
        await _page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(link).ToBeHiddenAsync();
        Assert.Empty(Problems);
    }

    private async Task AskAsync(string text)
    {
        await _page.Locator("#message-input").FillAsync(text);
        await _page.Keyboard.PressAsync("Enter");
    }

    private async Task<IPage> OpenChatAsync(string locale)
    {
        var page = await OpenAsync("/", locale);
        await ConnectedAsync(page);
        return page;
    }
}
