using Microsoft.Playwright;

namespace StreamChat.EndToEndTests.Page;

/// <summary>The browser of the tests.</summary>
internal static class Chromium
{
    /// <summary>How long a page may take to be as a test expects it, in milliseconds: long enough for a machine that does much else.</summary>
    public const float ExpectDeadline = 30_000;

    /// <summary>Starts one.</summary>
    /// <param name="playwright">What drives it.</param>
    /// <param name="arguments">What it is started with beside the usual.</param>
    public static Task<IBrowser> LaunchAsync(IPlaywright playwright, params string[] arguments)
    {
        Assertions.SetDefaultExpectTimeout(ExpectDeadline);
        return playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", .. arguments],
        });
    }
}
