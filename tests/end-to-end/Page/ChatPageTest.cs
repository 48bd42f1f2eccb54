using Microsoft.Playwright;
using StreamChat.EndToEndTests.Standalone;

namespace StreamChat.EndToEndTests.Page;

/// <summary>What tests of the chat page have in common.</summary>
public abstract class ChatPageTest : PageTest
{
    protected ChatPageTest(StandaloneServer server)
        : base(server)
    {
    }

    protected ChatPageTest(Uri address)
        : base(address)
    {
    }

    protected async Task<IPage> OpenChatAsync(
        string locale = "en-US", int width = 1100, int height = 800, ColorScheme colours = ColorScheme.Light, Func<IPage, Task>? prepare = null)
    {
        var page = await OpenAsync("/", locale, width, height, colours, prepare);
        await ConnectedAsync(page);
        return page;
    }

    /// <summary>Sends a message; its answer may still be under way.</summary>
    protected static async Task<ILocator> SendAsync(IPage page, string text)
    {
        var answers = page.GetByTestId("messages").GetByTestId("assistant-message");
        var before = await answers.CountAsync();
        await page.GetByTestId("message-input").FillAsync(text);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(answers).ToHaveCountAsync(before + 1);
        return answers.Last;
    }

    /// <summary>Sends a message and waits for the whole answer.</summary>
    protected static async Task<ILocator> AskAsync(IPage page, string text)
    {
        var answer = await SendAsync(page, text);
        await EndedAsync(answer);
        return answer;
    }

    protected static Task EndedAsync(ILocator answer, string state = "done") =>
        Assertions.Expect(answer).ToHaveAttributeAsync("data-state", state, new() { Timeout = AnswerDeadline });

    /// <summary>The threads beside the conversation.</summary>
    protected static ILocator Threads(IPage page) => page.GetByTestId("thread");
}
