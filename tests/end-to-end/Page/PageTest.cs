using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Playwright;
using StreamChat.EndToEndTests.Standalone;

namespace StreamChat.EndToEndTests.Page;

/// <summary>A real Chromium for the pages of a server.</summary>
public abstract class PageTest(Uri address) : IAsyncLifetime
{
    /// <summary>How long an answer may take on a machine that does much else.</summary>
    protected const float AnswerDeadline = Chromium.ExpectDeadline;

    private readonly ConcurrentQueue<string> _problems = [];
    private readonly StandaloneServer? _server;
    private readonly ConcurrentBag<IBrowserContext> _contexts = [];

    protected PageTest(StandaloneServer server)
        : this(server.Process.BaseAddress) => _server = server;

    protected StandaloneServer Server => _server ?? throw new InvalidOperationException("The page is another server's.");

    /// <summary>Whatever the browser complained about: broken scripts, missing files, what the content policy forbids.</summary>
    protected IReadOnlyCollection<string> Problems => _problems;

    public virtual ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        foreach (var context in _contexts)
        {
            await context.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Opens a page as a new visitor; <paramref name="prepare"/> sees it while it is still empty.</summary>
    protected async Task<IPage> OpenAsync(
        string path, string locale = "en-US", int width = 1100, int height = 800, ColorScheme colours = ColorScheme.Light, Func<IPage, Task>? prepare = null)
    {
        var context = await Chromium.NewContextAsync(new BrowserNewContextOptions
        {
            Locale = locale,
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = colours,
        });
        _contexts.Add(context);
        var page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _problems.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => _problems.Enqueue(error);
        if (prepare is not null)
        {
            await prepare(page);
        }

        await page.GotoAsync(new Uri(address, path).ToString());
        return page;
    }

    protected static Task ConnectedAsync(IPage page) =>
        Assertions.Expect(page.GetByTestId("connection-state")).ToHaveAttributeAsync("data-state", "open", new() { Timeout = AnswerDeadline });

    /// <summary>Nothing is wider than the window.</summary>
    protected static async Task FitsAsync(IPage page) =>
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"));

    /// <summary>The exact number behind one that is shown.</summary>
    protected static async Task<double> NumberAsync(ILocator shown) =>
        double.Parse((await shown.GetAttributeAsync("data-value"))!, CultureInfo.InvariantCulture);

    /// <summary>Keeps a picture for people, where <c>SCREENSHOTS</c> says.</summary>
    protected static async Task SaveAsync(IPage page, string name, bool whole = false)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png"), FullPage = whole });
        }
    }
}
