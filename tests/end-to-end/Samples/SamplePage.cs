using Microsoft.Playwright;

namespace StreamChat.EndToEndTests.Samples;

/// <summary>A page of somebody else's site in a real Chromium.</summary>
internal sealed class SamplePage : IAsyncDisposable
{
    /// <summary>Where the page is from: not from us, and on the list of those that may connect.</summary>
    public const string Origin = "http://chat.example";

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private SamplePage(IPlaywright playwright, IBrowser browser, IPage page)
    {
        _playwright = playwright;
        _browser = browser;
        Page = page;
    }

    public IPage Page { get; }

    /// <summary>What the page logged, failed with or complained about.</summary>
    public List<string> Console { get; } = [];

    public static async Task<SamplePage> OpenAsync(string html, string origin = Origin)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        var sample = new SamplePage(playwright, browser, await browser.NewPageAsync());
        sample.Page.Console += (_, message) => sample.Console.Add(message.Text);
        sample.Page.PageError += (_, error) => sample.Console.Add($"ERROR {error}");
        await sample.Page.RouteAsync($"{origin}/sample", route => route.FulfillAsync(new() { ContentType = "text/html; charset=utf-8", Body = html }));
        await sample.Page.GotoAsync($"{origin}/sample");
        return sample;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
