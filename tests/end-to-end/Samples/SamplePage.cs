using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using StreamChat.EndToEndTests.Page;

namespace StreamChat.EndToEndTests.Samples;

/// <summary>A page in a real Chromium, of somebody else's site where it has one.</summary>
internal sealed class SamplePage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private WebApplication? _site;

    private SamplePage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
    }

    public IPage Page { get; }

    /// <summary>What the page logged or failed with; it may log more at any time.</summary>
    public ConcurrentQueue<string> Console { get; } = [];

    /// <summary>Serves a page on loopback and opens it, where wanted under another name than that of the address.</summary>
    public static async Task<SamplePage> OpenAsync(string html, Uri origin, string? host = null)
    {
        var sample = await StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(origin.ToString());
        sample._site = builder.Build();
        sample._site.MapGet("/", () => Results.Content(html, "text/html; charset=utf-8"));
        await sample._site.StartAsync();
        await sample.Page.GotoAsync(new UriBuilder(origin) { Host = host ?? origin.Host }.Uri.ToString());
        return sample;
    }

    /// <summary>Opens what somebody else serves.</summary>
    public static async Task<SamplePage> OpenAsync(Uri address)
    {
        var sample = await StartAsync();
        await sample.Page.GotoAsync(address.ToString());
        return sample;
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        if (_site is not null)
        {
            await _site.DisposeAsync();
        }
    }

    private static async Task<SamplePage> StartAsync()
    {
        var context = await Chromium.NewContextAsync();
        var sample = new SamplePage(context, await context.NewPageAsync());
        sample.Page.Console += (_, message) => sample.Console.Enqueue(message.Text);
        sample.Page.PageError += (_, error) => sample.Console.Enqueue($"ERROR {error}");
        return sample;
    }
}
