using System.Globalization;
using Microsoft.Playwright;
using StreamChat.EndToEndTests.Standalone;

namespace StreamChat.EndToEndTests.Page;

/// <summary>The page at / in a real Chromium, against the standalone server.</summary>
[Collection(nameof(StandaloneCollection))]
public sealed class ChatPageTests(StandaloneServer server) : IAsyncLifetime
{
    private const string Question = "What is 12.5% of 1,847, and what time is it in Tokyo?";

    private readonly List<string> _problems = [];
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;
    private IPage _page = null!;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        _page = await OpenAsync("en-US");
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    [Fact]
    public async Task An_answer_streams_with_its_tools_its_times_and_its_trace()
    {
        await _page.GetByTestId("message-input").Or(_page.Locator("#message-input")).FillAsync(Question);
        await _page.Keyboard.PressAsync("Enter");

        var answer = _page.GetByTestId("assistant-message").Last;
        await Assertions.Expect(answer).ToHaveAttributeAsync("data-state", "done", new() { Timeout = 20_000 });
        await Assertions.Expect(_page.GetByTestId("user-message").Last).ToContainTextAsync(Question);
        await Assertions.Expect(answer).ToContainTextAsync("230.875");
        await Assertions.Expect(answer.GetByTestId("tool-call")).ToHaveCountAsync(2);
        await Assertions.Expect(answer.Locator("[data-testid=tool-call][data-tool=calculator]")).ToHaveAttributeAsync("data-state", "done");
        await Assertions.Expect(answer.Locator("[data-testid=tool-call][data-tool=current_time] [data-testid=tool-result]")).ToContainTextAsync("Asia/Tokyo");
        await Assertions.Expect(answer.GetByTestId("trace-id")).ToContainTextAsync(new System.Text.RegularExpressions.Regex("[0-9a-f]{8,32}"));
        Assert.InRange(await NumberAsync(answer, "ttft"), 0.01, 20_000);
        Assert.InRange(await NumberAsync(answer, "rate"), 1, 100_000);
        await SaveAsync("answer");
        Assert.Empty(_problems);
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
        await Assertions.Expect(_page.GetByTestId("assistant-message").Last).ToHaveAttributeAsync("data-state", "done", new() { Timeout = 20_000 });
        await AskAsync("What is my name?");
        await Assertions.Expect(_page.GetByTestId("assistant-message").Last).ToContainTextAsync("Ada", new() { Timeout = 20_000 });
        Assert.Empty(_problems);
    }

    [Fact]
    public async Task It_speaks_chinese_to_those_who_do()
    {
        var page = await OpenAsync("zh-CN");
        await page.Locator("#message-input").FillAsync("1847的12.5%是多少？东京现在几点？");
        await page.Keyboard.PressAsync("Enter");
        var answer = page.GetByTestId("assistant-message").Last;
        await Assertions.Expect(answer).ToHaveAttributeAsync("data-state", "done", new() { Timeout = 20_000 });
        await Assertions.Expect(answer).ToContainTextAsync("230.875");
        await Assertions.Expect(answer).ToContainTextAsync(new System.Text.RegularExpressions.Regex("[\u4e00-\u9fff]"));
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("lang", new System.Text.RegularExpressions.Regex("^zh"));
        Assert.Empty(_problems);
    }

    [Fact]
    public async Task It_fits_a_phone()
    {
        await _page.SetViewportSizeAsync(375, 740);
        await AskAsync(Question);
        await Assertions.Expect(_page.GetByTestId("assistant-message").Last).ToHaveAttributeAsync("data-state", "done", new() { Timeout = 20_000 });
        Assert.True(await _page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"));
        await Assertions.Expect(_page.Locator("#message-input")).ToBeInViewportAsync();
        await SaveAsync("phone");
        Assert.Empty(_problems);
    }

    private async Task AskAsync(string text)
    {
        await _page.Locator("#message-input").FillAsync(text);
        await _page.Keyboard.PressAsync("Enter");
    }

    private async Task<IPage> OpenAsync(string locale)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions { Locale = locale, ViewportSize = new ViewportSize { Width = 1100, Height = 800 } });
        var page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _problems.Add(message.Text);
            }
        };
        page.PageError += (_, error) => _problems.Add(error);
        await page.GotoAsync(server.Process.BaseAddress.ToString());
        await Assertions.Expect(page.Locator("#connection-state").Or(page.GetByTestId("connection-state"))).ToHaveAttributeAsync("data-state", "open");
        return page;
    }

    /// <summary>Keeps a picture for people, where <c>SCREENSHOTS</c> says.</summary>
    private async Task SaveAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
        {
            await _page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png") });
        }
    }

    private static async Task<double> NumberAsync(ILocator answer, string testId) =>
        double.Parse((await answer.GetByTestId(testId).GetAttributeAsync("data-value"))!, CultureInfo.InvariantCulture);
}
