using System.Text.RegularExpressions;
using Microsoft.Playwright;
using StreamChat.EndToEndTests.Standalone;

namespace StreamChat.EndToEndTests.Page;

/// <summary>The test page of the assistant's protocol at /test.</summary>
[Collection(nameof(StandaloneCollection))]
public sealed class AssistantTestPageTests(StandaloneServer server) : PageTest(server)
{
    [Fact]
    public async Task It_demands_a_user_id()
    {
        var page = await OpenAsync("/test");
        await page.GetByTestId("connect").ClickAsync();
        await Assertions.Expect(page.GetByTestId("user-error")).ToHaveTextAsync("A user id is required.");
        await Assertions.Expect(page.GetByTestId("user-id")).ToBeFocusedAsync();
        await Assertions.Expect(page.GetByTestId("connection-state")).ToHaveAttributeAsync("data-state", "closed");
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task An_answer_streams_as_a_growing_snapshot_and_the_statistics_move()
    {
        var page = await ConnectAsync("en-US", "page-answer");
        await page.GetByTestId("message-input").FillAsync("What is 12.5% of 1,847?");
        await page.Keyboard.PressAsync("Enter");

        var answer = page.GetByTestId("assistant-message").Last;
        await Assertions.Expect(answer).ToHaveAttributeAsync("data-state", "done", new() { Timeout = AnswerDeadline });
        await Assertions.Expect(page.GetByTestId("question")).ToHaveTextAsync("What is 12.5% of 1,847?");
        await Assertions.Expect(answer.Locator(".prose").Last).ToContainTextAsync("230.875");
        await Assertions.Expect(answer.Locator("[data-testid=tool-call][data-tool=calculator]")).ToHaveAttributeAsync("data-state", "done");

        // a snapshot per step, each with all the text so far; on a busy machine a later one takes the place of those that wait
        await Assertions.Expect(Frames(page, "received", "ai_response").Nth(1)).ToBeAttachedAsync();
        await Assertions.Expect(Frames(page, "received", "ai_response completion")).ToHaveCountAsync(1);
        await page.GetByTestId("snapshot-events").Locator("summary").ClickAsync();
        await Assertions.Expect(page.GetByTestId("snapshot-events")).ToContainTextAsync("tool_output");
        await page.GetByTestId("snapshot-messages").Locator("summary").ClickAsync();
        await Assertions.Expect(page.GetByTestId("snapshot-messages")).ToContainTextAsync("230.875");
        await Assertions.Expect(page.GetByTestId("stat-currentAgent")).Not.ToHaveTextAsync("–");
        await Assertions.Expect(page.GetByTestId("stat-finished")).ToHaveTextAsync("yes");

        await Assertions.Expect(page.GetByTestId("stat-answers")).ToHaveTextAsync("1");
        await Assertions.Expect(page.GetByTestId("stat-framesSent")).ToHaveTextAsync("1");
        Assert.InRange(await NumberAsync(page.GetByTestId("stat-framesReceived")), 3, 1_000);
        Assert.InRange(await NumberAsync(page.GetByTestId("stat-bytesReceived")), 1_000, 10_000_000);
        Assert.InRange(await NumberAsync(page.GetByTestId("stat-firstToken")), 0.01, AnswerDeadline);
        Assert.True(await NumberAsync(page.GetByTestId("stat-duration")) >= await NumberAsync(page.GetByTestId("stat-firstToken")));
        await SaveAsync(page, "assistant-test");
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task Every_quick_action_gets_its_reply_and_the_log_can_be_narrowed_to_it()
    {
        var page = await ConnectAsync("en-US", "page-actions");
        await page.GetByTestId("command-room").FillAsync("page-lobby");
        foreach (var (action, kind) in new[]
        {
            ("sendPing", "pong"),
            ("connectionInfo", "command get_connection_info_response"),
            ("createRoom", "command create_room_response"),
            ("listRooms", "command list_rooms_response"),
            ("leaveRoom", "command leave_room_response"),
            ("joinRoom", "command join_room_response"),
            ("sendRubbish", "error"),
        })
        {
            await page.GetByTestId($"action-{action}").ClickAsync();
            await Assertions.Expect(Frames(page, "received", kind)).ToHaveCountAsync(1);
        }

        await Assertions.Expect(page.GetByTestId("ask-in").Locator("option")).ToHaveCountAsync(2);
        await Assertions.Expect(page.GetByTestId("notice")).ToContainTextAsync("PARSE_ERROR");
        await Assertions.Expect(page.GetByTestId("stat-faults")).ToHaveTextAsync("1");
        Assert.InRange(await NumberAsync(page.GetByTestId("stat-latency")), 0.001, AnswerDeadline);

        await page.GetByTestId("frame-kind").SelectOptionAsync("pong");
        await Assertions.Expect(page.Locator("[data-testid=frames] > li:not([hidden])")).ToHaveCountAsync(1);
        await page.GetByTestId("frame-kind").SelectOptionAsync("");
        await page.GetByTestId("frame-direction").SelectOptionAsync("sent");
        await Assertions.Expect(page.Locator("[data-testid=frames] > li[data-direction=received]:not([hidden])")).ToHaveCountAsync(0);
        await page.GetByTestId("frame-clear").ClickAsync();
        await Assertions.Expect(page.Locator("[data-testid=frames] > li")).ToHaveCountAsync(0);
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task A_raw_frame_goes_as_it_is_and_markup_from_the_wire_stays_text()
    {
        var page = await ConnectAsync("en-US", "page-raw");
        await page.GetByTestId("raw-frame").FillAsync("""{"type":"<img src=x onerror=alert(1)>","content":"x"}""");
        await page.GetByTestId("raw-send").ClickAsync();
        await Assertions.Expect(page.GetByTestId("notice")).ToContainTextAsync("<img src=x");
        await Assertions.Expect(page.Locator("main img")).ToHaveCountAsync(0);

        await page.GetByTestId("raw-binary").CheckAsync();
        await page.GetByTestId("raw-send").ClickAsync();
        await Assertions.Expect(page.Locator("[data-testid=frames] > li[data-kind=binary]")).ToHaveCountAsync(1);
        await Assertions.Expect(page.GetByTestId("stat-faults")).ToHaveTextAsync("2");
        await ConnectedAsync(page);
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task Disconnecting_and_connecting_again_works_and_sending_in_between_is_explained()
    {
        var page = await ConnectAsync("en-US", "page-again");
        await page.GetByTestId("disconnect").ClickAsync();
        await Assertions.Expect(page.GetByTestId("connection-state")).ToHaveAttributeAsync("data-state", "closed");
        await page.GetByTestId("action-sendPing").ClickAsync();
        await Assertions.Expect(page.GetByTestId("notice")).ToContainTextAsync("Connect first.");
        await page.GetByTestId("connect").ClickAsync();
        await ConnectedAsync(page);
        await Assertions.Expect(page.GetByTestId("notice")).ToBeHiddenAsync();
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task A_connection_that_is_lost_comes_back_by_itself_and_is_counted()
    {
        var page = await OpenAsync("/test");
        List<IWebSocketRoute> sockets = [];
        await page.RouteWebSocketAsync(new Regex("/ws\\?"), socket =>
        {
            socket.ConnectToServer();
            sockets.Add(socket);
        });
        await page.GetByTestId("user-id").FillAsync("page-lost");
        await page.GetByTestId("connect").ClickAsync();
        await ConnectedAsync(page);
        await Assertions.Expect(page.GetByTestId("stat-reconnects")).ToHaveTextAsync("0");

        await sockets[0].CloseAsync(new() { Code = 1012 });
        await Assertions.Expect(page.GetByTestId("stat-reconnects")).ToHaveTextAsync("1", new() { Timeout = AnswerDeadline });
        await ConnectedAsync(page);
        await Assertions.Expect(Frames(page, "received", "connect")).ToHaveCountAsync(2);
        Assert.Equal(2, sockets.Count);
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task Who_joined_a_room_sees_the_answers_given_in_it()
    {
        var asking = await ConnectAsync("en-US", "page-host");
        var watching = await ConnectAsync("en-US", "page-guest");
        foreach (var (page, action) in new[] { (asking, "createRoom"), (watching, "joinRoom") })
        {
            await page.GetByTestId("command-room").FillAsync("page-shared");
            await page.GetByTestId($"action-{action}").ClickAsync();
            await Assertions.Expect(page.GetByTestId("ask-in").Locator("option")).ToHaveCountAsync(2);
        }

        await asking.GetByTestId("ask-in").SelectOptionAsync("page-shared");
        await asking.GetByTestId("action-askCalculator").ClickAsync();
        foreach (var page in new[] { asking, watching })
        {
            var answer = page.GetByTestId("assistant-message");
            await Assertions.Expect(answer).ToHaveAttributeAsync("data-state", "done", new() { Timeout = AnswerDeadline });
            await Assertions.Expect(answer).ToContainTextAsync("230.875");
        }

        await Assertions.Expect(watching.GetByTestId("question")).ToHaveCountAsync(0);
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task It_speaks_chinese_fits_a_phone_and_changes_language_in_the_midst()
    {
        var page = await ConnectAsync("zh-CN", "page-phone", 375, ColorScheme.Dark);
        await page.GetByTestId("action-askCalculator").ClickAsync();
        var answer = page.GetByTestId("assistant-message").Last;
        await Assertions.Expect(answer).ToHaveAttributeAsync("data-state", "done", new() { Timeout = AnswerDeadline });
        await Assertions.Expect(answer).ToContainTextAsync("230.875");
        await Assertions.Expect(page.GetByTestId("connection-state")).ToHaveTextAsync("已连接");
        await FitsAsync(page);
        await SaveAsync(page, "assistant-test-phone", whole: true);

        await page.GetByTestId("menu").ClickAsync();
        await page.GetByTestId("language").ClickAsync();
        await Assertions.Expect(page.GetByTestId("connection-state")).ToHaveTextAsync("Connected");
        await Assertions.Expect(page.Locator("main")).Not.ToContainTextAsync(new Regex("统计|快照|原始帧"));
        await ConnectedAsync(page);
        Assert.Empty(Problems);
    }

    private async Task<IPage> ConnectAsync(string locale, string userId, int width = 1280, ColorScheme colours = ColorScheme.Light)
    {
        var page = await OpenAsync("/test", locale, width, colours: colours);
        await page.GetByTestId("user-id").FillAsync(userId);
        await page.GetByTestId("connect").ClickAsync();
        await ConnectedAsync(page);
        await Assertions.Expect(Frames(page, "received", "connect")).ToHaveCountAsync(1);
        return page;
    }

    private static ILocator Frames(IPage page, string direction, string kind) =>
        page.Locator($"[data-testid=frames] > li[data-direction={direction}][data-kind='{kind}']");
}
