using Microsoft.Playwright;
using StreamChat.EndToEndTests.Standalone;

namespace StreamChat.EndToEndTests.Page;

/// <summary>The test page of the agent engine's protocol at /static/test_websocket.html.</summary>
[Collection(nameof(StandaloneCollection))]
public sealed class AgentEngineTestPageTests(StandaloneServer server) : PageTest(server)
{
    [Fact]
    public async Task Every_type_of_message_can_be_sent_and_its_reply_is_shown()
    {
        var page = await ConnectAsync("en-US");
        await Assertions.Expect(page.GetByTestId("address")).ToHaveValueAsync($"ws://{Server.Process.BaseAddress.Authority}/ws/agent");
        await Assertions.Expect(page.GetByTestId("connection-id")).Not.ToHaveTextAsync("–");

        await AskAsync(page, "streaming_query", "What is 12.5% of 1,847?");
        await EndsAsync(page, 1, "done", "230.875");
        await Assertions.Expect(Received(page, "stream_chunk").Nth(1)).ToBeAttachedAsync();

        await AskAsync(page, "agent_query", "What is 6 * 7?");
        await EndsAsync(page, 2, "done", "42");
        await Assertions.Expect(Received(page, "status")).ToHaveCountAsync(1);

        await page.GetByTestId("type").SelectOptionAsync("tool_call");
        await page.GetByTestId("send").ClickAsync();
        await EndsAsync(page, 3, "done", "579");

        await page.GetByTestId("type").SelectOptionAsync("ping");
        await page.GetByTestId("send").ClickAsync();
        await Assertions.Expect(Received(page, "pong")).ToHaveCountAsync(1);
        Assert.InRange(await NumberAsync(page.GetByTestId("stat-latency")), 0.001, AnswerDeadline);

        await Assertions.Expect(page.GetByTestId("stat-framesSent")).ToHaveTextAsync("4");
        await Assertions.Expect(page.GetByTestId("stat-answers")).ToHaveTextAsync("3");
        await SaveAsync(page, "agent-engine-test");
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task Cancel_ends_the_stream_that_is_under_way()
    {
        var page = await ConnectAsync("en-US");
        await AskAsync(page, "streaming_query", "/load 100000 50");
        await Assertions.Expect(page.GetByTestId("assistant-message")).ToContainTextAsync("5@");
        await page.GetByTestId("type").SelectOptionAsync("cancel");
        await page.GetByTestId("send").ClickAsync();
        await EndsAsync(page, 1, "cancelled", "5@");
        await Assertions.Expect(Received(page, "cancelled")).ToHaveCountAsync(1);
        await Assertions.Expect(Received(page, "stream_end")).ToHaveCountAsync(0);
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task Faults_are_shown_where_they_belong()
    {
        var page = await ConnectAsync("en-US");
        await page.GetByTestId("type").SelectOptionAsync("tool_call");
        await page.GetByTestId("params").FillAsync("[1");
        await page.GetByTestId("send").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "must be a JSON object" })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByTestId("stat-framesSent")).ToHaveTextAsync("0");

        await page.GetByTestId("tool").FillAsync("no_such_tool");
        await page.GetByTestId("params").FillAsync("{}");
        await page.GetByTestId("send").ClickAsync();
        await EndsAsync(page, 1, "failed", "Tool not found: no_such_tool");

        await page.GetByTestId("action-sendRubbish").ClickAsync();
        await Assertions.Expect(page.GetByTestId("notice")).ToContainTextAsync("Invalid JSON format");
        await Assertions.Expect(page.GetByTestId("stat-faults")).ToHaveTextAsync("2");
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task What_the_server_tells_of_its_connections_has_ours_in_it()
    {
        var page = await ConnectAsync("en-US");
        var own = await page.GetByTestId("connection-id").TextContentAsync();
        await Assertions.Expect(page.GetByTestId("server").Locator("tr.own")).ToContainTextAsync(own!, new() { Timeout = AnswerDeadline });
        Assert.True(await NumberAsync(page.GetByTestId("stat-activeConnections")) >= 1);
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task A_refused_connection_and_a_wrong_address_are_told()
    {
        var page = await OpenAsync("/static/test_websocket.html");
        await page.GetByTestId("address").FillAsync("not an address");
        await page.GetByTestId("connect").ClickAsync();
        await Assertions.Expect(page.GetByTestId("notice")).ToBeVisibleAsync();
        await page.GetByTestId("address").FillAsync($"ws://{Server.Process.BaseAddress.Authority}/ws/nowhere");
        await page.GetByTestId("connect").ClickAsync();
        await Assertions.Expect(page.GetByTestId("notice")).ToContainTextAsync("refused");
        await Assertions.Expect(page.GetByTestId("connection-state")).ToHaveAttributeAsync("data-state", "closed");
    }

    [Fact]
    public async Task It_speaks_chinese_and_fits_a_phone()
    {
        var page = await ConnectAsync("zh-CN", 375, ColorScheme.Dark);
        await page.GetByTestId("action-toolSum").ClickAsync();
        await EndsAsync(page, 1, "done", "579");
        await Assertions.Expect(page.Locator("h2")).ToHaveTextAsync("智能体引擎：测试页面");
        await FitsAsync(page);
        await SaveAsync(page, "agent-engine-test-phone", whole: true);
        Assert.Empty(Problems);
    }

    private async Task<IPage> ConnectAsync(string locale, int width = 1280, ColorScheme colours = ColorScheme.Light)
    {
        var page = await OpenAsync("/static/test_websocket.html", locale, width, colours: colours);
        await page.GetByTestId("connect").ClickAsync();
        await ConnectedAsync(page);
        await Assertions.Expect(Received(page, "connected")).ToHaveCountAsync(1);
        return page;
    }

    private static async Task AskAsync(IPage page, string type, string query)
    {
        await page.GetByTestId("type").SelectOptionAsync(type);
        await page.GetByTestId("query").FillAsync(query);
        await page.GetByTestId("query").PressAsync("Enter");
    }

    /// <summary>The answer of that number comes to its end.</summary>
    private static async Task EndsAsync(IPage page, int number, string state, string content)
    {
        var answer = page.GetByTestId("assistant-message").Nth(number - 1);
        await Assertions.Expect(answer).ToHaveAttributeAsync("data-state", state, new() { Timeout = AnswerDeadline });
        await Assertions.Expect(answer).ToContainTextAsync(content);
    }

    private static ILocator Received(IPage page, string kind) => page.Locator($"[data-testid=frames] > li[data-direction=received][data-kind={kind}]");
}
