using Microsoft.Playwright;
using StreamChat.EndToEndTests.Page;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace StreamChat.EndToEndTests.Page;

/// <summary>
/// The browser of all tests, started by the first that needs it: a start costs seconds. Each test has a context of its own, which shares
/// nothing with others.
/// </summary>
public sealed class Chromium : IAsyncDisposable
{
    /// <summary>How long a page may take to be as a test expects it, in milliseconds: long enough for a machine that does much else.</summary>
    public const float ExpectDeadline = 30_000;

    /// <summary>A name that the browser takes for this machine, as DNS of an attacker would have it.</summary>
    public const string ForeignHost = "evil.example";

    private readonly Lazy<Task<(IPlaywright Playwright, IBrowser Browser)>> _started = new(StartAsync);

    /// <summary>A new visitor, without cookies, storage or cache of others.</summary>
    /// <param name="options">Who it is.</param>
    public static async Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions? options = null)
    {
        var chromium = await TestContext.Current.GetFixture<Chromium>() ?? throw new InvalidOperationException("There is a browser only within a test.");
        var (_, browser) = await chromium._started.Value;
        return await browser.NewContextAsync(options);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_started.IsValueCreated)
        {
            var (playwright, browser) = await _started.Value;
            await browser.DisposeAsync();
            playwright.Dispose();
        }
    }

    private static async Task<(IPlaywright, IBrowser)> StartAsync()
    {
        Assertions.SetDefaultExpectTimeout(ExpectDeadline);
        var playwright = await Playwright.CreateAsync();
        return (playwright, await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Args =
            [
                $"--host-resolver-rules=MAP {ForeignHost} 127.0.0.1", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        }));
    }
}
