using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using StreamChat.EndToEndTests.Standalone;

namespace StreamChat.EndToEndTests.Page;

/// <summary>The page at /docs, which shows the description of the HTTP interface.</summary>
[Collection(nameof(StandaloneCollection))]
public sealed class ApiPageTests(StandaloneServer server) : PageTest(server)
{
    [Fact]
    public async Task It_shows_every_call_of_the_description_and_no_other()
    {
        using var http = new HttpClient { BaseAddress = Server.Process.BaseAddress };
        var description = await http.GetFromJsonAsync<JsonElement>("/openapi/v1.json", TestContext.Current.CancellationToken);
        var calls = description.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject(), (path, method) => $"{method.Name} {path.Name}");
        var page = await OpenDocsAsync();
        var shown = await page.GetByTestId("operation").EvaluateAllAsync<string[]>("nodes => nodes.map(n => `${n.dataset.method} ${n.dataset.path}`)");
        Assert.Equal(calls.Order(), shown.Order());
        Assert.DoesNotContain(shown, call => call.Contains("/docs", StringComparison.Ordinal) || call.Contains("/kit/", StringComparison.Ordinal));
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task A_call_can_be_tried_and_shows_what_came_back()
    {
        var page = await OpenDocsAsync();
        var call = await UnfoldAsync(page, "/status");
        await Assertions.Expect(call.GetByTestId("response").First).ToContainTextAsync("active_connections");
        await call.GetByTestId("try-send").ClickAsync();
        await Assertions.Expect(call.GetByTestId("try-status")).ToHaveTextAsync("200 OK");
        await Assertions.Expect(call.GetByTestId("try-headers")).ToContainTextAsync("content-type: application/json");
        await Assertions.Expect(call.GetByTestId("try-response")).ToContainTextAsync("\"service_uptime\":");
        await Assertions.Expect(call.GetByTestId("curl")).ToHaveTextAsync($"curl '{Server.Process.BaseAddress}status' -H 'Accept: application/json'");
        await SaveAsync(page, "api");
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task Parameters_body_and_token_go_into_the_call()
    {
        var page = await OpenDocsAsync();
        await page.GetByTestId("token").FillAsync("it's");
        var call = await UnfoldAsync(page, "/broadcast");
        await call.GetByTestId("param-message_type").FillAsync("notification");
        await call.GetByTestId("try-body").FillAsync("""{"content": "to nobody", "user_id": "nobody"}""");
        await call.GetByTestId("try-send").ClickAsync();
        await Assertions.Expect(call.GetByTestId("try-status")).ToHaveTextAsync("200 OK");
        await Assertions.Expect(call.GetByTestId("try-response")).ToContainTextAsync("\"sent_count\": 0");
        await Assertions.Expect(call.GetByTestId("curl")).ToHaveTextAsync(
            $"curl -X POST '{Server.Process.BaseAddress}broadcast?message_type=notification' -H 'Accept: application/json'"
            + """ -H 'Authorization: Bearer it'\''s' -H 'Content-Type: application/json' -d '{"content": "to nobody", "user_id": "nobody"}'""");
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task A_users_own_threads_can_be_asked_for()
    {
        var page = await OpenDocsAsync();
        var call = await UnfoldAsync(page, "/api/v1/threads");
        await call.GetByTestId("param-user_id").FillAsync("docs");
        await call.GetByTestId("try-send").ClickAsync();
        await Assertions.Expect(call.GetByTestId("try-status")).ToHaveTextAsync("200 OK");
        await Assertions.Expect(call.GetByTestId("try-response")).ToContainTextAsync("\"threads\": []");
        Assert.Empty(Problems);

        var export = await UnfoldAsync(page, "/api/v1/threads/{threadId}/export");
        await export.GetByTestId("param-threadId").FillAsync("no/such");
        await export.GetByTestId("param-user_id").FillAsync("docs");
        await export.GetByTestId("try-send").ClickAsync();
        await Assertions.Expect(export.GetByTestId("try-status")).ToContainTextAsync("404");
        await Assertions.Expect(export.GetByTestId("curl")).ToContainTextAsync("/api/v1/threads/no%2Fsuch/export?user_id=docs");
    }

    [Fact]
    public async Task A_refusal_is_shown_like_any_other_answer()
    {
        var page = await OpenDocsAsync();
        var call = await UnfoldAsync(page, "/broadcast");
        await call.GetByTestId("try-send").ClickAsync();
        await Assertions.Expect(call.GetByTestId("try-status")).ToContainTextAsync("422");
        await Assertions.Expect(call.GetByTestId("try-response")).ToContainTextAsync("message_type");
    }

    [Fact]
    public async Task Search_narrows_the_list_and_the_keyboard_does_it_all()
    {
        var page = await OpenDocsAsync();
        await page.Locator("body").PressAsync("/");
        await Assertions.Expect(page.GetByTestId("search")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("get health aura");
        await Assertions.Expect(page.Locator("[data-testid=operation]:not([hidden])")).ToHaveCountAsync(2);
        await Assertions.Expect(page.GetByTestId("found")).ToContainTextAsync("2");

        var call = page.Locator("[data-path='/ws/health']");
        await call.Locator("> summary").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await call.GetByTestId("try-send").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(call.GetByTestId("try-response")).ToContainTextAsync("healthy");
        await Assertions.Expect(call.GetByTestId("try-send")).ToBeFocusedAsync();
        Assert.EndsWith("#get/ws/health", page.Url, StringComparison.Ordinal);
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task It_names_the_sockets_speaks_chinese_and_fits_a_phone()
    {
        var page = await OpenDocsAsync("zh-CN", 375, ColorScheme.Dark);
        foreach (var (socket, link) in new[] { ("/ws/v1", "/"), ("/ws", "/test"), ("/ws/agent", "/static/test_websocket.html") })
        {
            var item = page.GetByTestId("sockets").Locator("li").Filter(new() { Has = page.GetByText(socket, new() { Exact = true }) });
            await Assertions.Expect(item.GetByRole(AriaRole.Link)).ToHaveAttributeAsync("href", link);
        }

        await UnfoldAsync(page, "/connections");
        await Assertions.Expect(page.Locator("h2")).ToHaveTextAsync("接口文档");
        await FitsAsync(page);
        await SaveAsync(page, "api-phone", whole: true);
        Assert.Empty(Problems);
    }

    private async Task<IPage> OpenDocsAsync(string locale = "en-US", int width = 1100, ColorScheme colours = ColorScheme.Light)
    {
        var page = await OpenAsync("/docs", locale, width, colours: colours);
        await Assertions.Expect(page.GetByTestId("groups")).ToHaveAttributeAsync("aria-busy", "false");
        return page;
    }

    private static async Task<ILocator> UnfoldAsync(IPage page, string path)
    {
        var call = page.Locator($"[data-testid=operation][data-path='{path}']");
        await call.Locator("> summary").ClickAsync();
        return call;
    }
}
