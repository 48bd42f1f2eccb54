using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using StreamChat.EndToEndTests.Standalone;

namespace StreamChat.EndToEndTests.Page;

/// <summary>The chat page's list of threads and their history.</summary>
[Collection(nameof(StandaloneCollection))]
public sealed class ThreadsOnThePageTests(StandaloneServer server) : ChatPageTest(server)
{
    [Fact]
    public async Task A_reload_brings_the_conversation_back_with_its_tools_and_agents()
    {
        var page = await OpenChatAsync();
        await AskAsync(page, "What is 12.5% of 1,847?");
        await AskAsync(page, "What is the weather in Lisbon?");
        Assert.Contains("#thread=", page.Url, StringComparison.Ordinal);

        await page.ReloadAsync();
        await ConnectedAsync(page);
        var stored = page.GetByTestId("stored");
        await Assertions.Expect(stored.GetByTestId("user-message")).ToHaveTextAsync(["What is 12.5% of 1,847?", "What is the weather in Lisbon?"]);
        var answers = stored.GetByTestId("assistant-message");
        await Assertions.Expect(answers).ToHaveCountAsync(2);
        await Assertions.Expect(answers.First.Locator("[data-testid=tool-call][data-tool=calculator]")).ToHaveAttributeAsync("data-state", "done");
        await Assertions.Expect(answers.First).ToContainTextAsync("230.875");
        await Assertions.Expect(answers.Last.GetByTestId("hand-off")).ToHaveAttributeAsync("data-agent", "Weather Agent");
        await Assertions.Expect(answers.Last.GetByTestId("tool-call")).ToHaveCountAsync(1); // the hand-off is no tool to those who read
        await Assertions.Expect(page.GetByTestId("current-agent")).ToHaveTextAsync("Weather Agent");
        await Assertions.Expect(page.GetByTestId("thread-title")).ToContainTextAsync("12.5%");

        await AskAsync(page, "And what was my first question?");
        await Assertions.Expect(stored.GetByTestId("user-message")).ToHaveCountAsync(2);
        await Assertions.Expect(page.GetByTestId("messages").GetByTestId("user-message")).ToHaveCountAsync(1);
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task A_thread_is_renamed_exported_and_deleted()
    {
        var page = await OpenChatAsync();
        await AskAsync(page, "What is 2 + 3?");
        await Assertions.Expect(Threads(page)).ToHaveCountAsync(1);

        await ChooseAsync(page, "rename");
        await page.GetByTestId("dialog-field").FillAsync("Sums <i>and</i> more");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Threads(page).Locator(".thread-name")).ToHaveTextAsync("Sums <i>and</i> more");
        await Assertions.Expect(page.GetByTestId("thread-title")).ToHaveTextAsync("Sums <i>and</i> more");
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByTestId("thread-title")).ToHaveTextAsync("Sums <i>and</i> more");

        foreach (var (choice, ending, holds) in new[] { ("export-markdown", ".md", "What is 2 + 3?"), ("export-json", ".json", "\"role\"") })
        {
            var download = await page.RunAndWaitForDownloadAsync(() => ChooseAsync(page, choice));
            Assert.EndsWith(ending, download.SuggestedFilename, StringComparison.Ordinal);
            Assert.Contains(holds, await File.ReadAllTextAsync((await download.PathAsync())!, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        await ChooseAsync(page, "remove");
        await SaveAsync(page, "delete");
        await page.GetByTestId("dialog-cancel").ClickAsync();
        await Assertions.Expect(Threads(page)).ToHaveCountAsync(1);
        await ChooseAsync(page, "remove");
        await page.GetByTestId("dialog-confirm").ClickAsync();
        await Assertions.Expect(Threads(page)).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("#welcome")).ToBeVisibleAsync();
        Assert.DoesNotContain("#thread=", page.Url, StringComparison.Ordinal);
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task An_answer_goes_on_while_another_thread_is_read_and_is_marked_when_it_was_stopped()
    {
        var page = await OpenChatAsync();
        await AskAsync(page, "My name is Ada.");
        await page.GetByTestId("new-thread").ClickAsync();
        var answer = await SendAsync(page, "/load 100000 100");
        await Assertions.Expect(answer).ToContainTextAsync("5@", new() { Timeout = AnswerDeadline });
        await Assertions.Expect(Threads(page)).ToHaveCountAsync(2);

        await Threads(page).Filter(new() { HasText = "Ada" }).Locator("a").ClickAsync();
        await Assertions.Expect(page.GetByTestId("stored")).ToContainTextAsync("My name is Ada.");
        await Assertions.Expect(page.GetByTestId("messages").GetByTestId("assistant-message")).ToHaveCountAsync(0);
        await Assertions.Expect(page.GetByTestId("stop")).ToBeHiddenAsync();

        await page.GoBackAsync();
        await Assertions.Expect(answer).ToHaveAttributeAsync("data-state", "streaming");
        await page.Keyboard.PressAsync("Escape");
        await EndedAsync(answer, "cancelled");

        await page.ReloadAsync();
        await Assertions.Expect(page.GetByTestId("stored").GetByTestId("partial")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByTestId("stored").GetByTestId("assistant-message")).ToContainTextAsync("5@");
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task A_reload_in_the_middle_of_an_answer_loses_and_doubles_nothing()
    {
        var page = await OpenChatAsync();
        await AskAsync(page, "Hello!");
        var answer = await SendAsync(page, "/load 400 100");
        await Assertions.Expect(answer).ToContainTextAsync("20@", new() { Timeout = AnswerDeadline });

        await page.ReloadAsync();
        var again = page.GetByTestId("messages").GetByTestId("assistant-message");
        await EndedAsync(again);
        var numbers = Regex.Matches(await again.Locator(".prose").InnerTextAsync(), @"(\d+)@").Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(1, 400), numbers);
        await Assertions.Expect(page.GetByTestId("user-message")).ToHaveTextAsync(["Hello!", "/load 400 100"]);
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task Threads_that_cannot_be_had_are_a_quiet_notice_and_the_chat_works()
    {
        var page = await OpenChatAsync(prepare: page => page.RouteAsync(
            "**/api/v1/threads**", route => route.FulfillAsync(new RouteFulfillOptions { Status = 503, ContentType = "application/json", Body = "{}" })));
        await Assertions.Expect(page.GetByTestId("threads")).ToContainTextAsync("cannot be shown right now");
        await AskAsync(page, "What is 2 + 3?");

        await page.UnrouteAllAsync();
        await page.GetByTestId("threads-retry").ClickAsync();
        await Assertions.Expect(Threads(page)).ToHaveCountAsync(1);
        await Assertions.Expect(page.GetByTestId("threads-retry")).ToBeHiddenAsync();
        Assert.All(Problems, problem => Assert.Contains("503", problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task On_a_phone_the_threads_are_a_drawer_for_the_keyboard_too()
    {
        var page = await OpenChatAsync();
        await page.SetViewportSizeAsync(375, 740);
        await AskAsync(page, "What is 2 + 3?");
        await Assertions.Expect(page.GetByTestId("thread-list")).ToBeHiddenAsync();
        await page.GetByTestId("threads-opener").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Threads(page)).ToHaveCountAsync(1);
        await FitsAsync(page);
        await SaveAsync(page, "phone-threads");
        await page.GetByTestId("thread-item-options").ClickAsync();
        await Assertions.Expect(page.GetByTestId("thread-menu")).ToBeInViewportAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.GetByTestId("thread-menu")).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.GetByTestId("thread-list")).ToBeHiddenAsync();
        await Assertions.Expect(page.GetByTestId("threads-opener")).ToBeFocusedAsync();
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task What_becomes_of_a_second_question_is_chosen_for_each_thread()
    {
        var page = await OpenChatAsync();
        await AskAsync(page, "Hello!");
        await page.GetByTestId("thread-options").ClickAsync();
        await page.GetByTestId("thread-policy").SelectOptionAsync("reject");
        await page.Keyboard.PressAsync("Escape");

        var first = await SendAsync(page, "/load 100000 100");
        await Assertions.Expect(first).ToContainTextAsync("5@", new() { Timeout = AnswerDeadline });
        var second = await SendAsync(page, "What is 2 + 3?");
        await EndedAsync(second, "failed");
        await Assertions.Expect(second.GetByTestId("run-error")).ToHaveAttributeAsync("data-code", "conflict");
        await page.Keyboard.PressAsync("Escape");
        await page.ReloadAsync();
        await page.GetByTestId("thread-options").ClickAsync();
        await Assertions.Expect(page.GetByTestId("thread-policy")).ToHaveValueAsync("reject");
        Assert.Empty(Problems);
    }

    /// <summary>Opens the menu of the only thread and takes one of its choices.</summary>
    private static async Task ChooseAsync(IPage page, string choice)
    {
        await Threads(page).HoverAsync();
        await page.GetByTestId("thread-item-options").ClickAsync();
        await page.GetByTestId(choice).ClickAsync();
    }
}
