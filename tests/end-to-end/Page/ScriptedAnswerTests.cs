using System.Text;
using Microsoft.Playwright;
using StreamChat.EndToEndTests.Standalone;

namespace StreamChat.EndToEndTests.Page;

/// <summary>What the chat page makes of events that no model says at will, and what it sends beside text.</summary>
[Collection(nameof(StandaloneCollection))]
public sealed class ScriptedAnswerTests(StandaloneServer server) : ChatPageTest(server)
{
    private readonly ScriptedSocket _server = new();

    [Fact]
    public async Task Thoughts_progress_and_what_is_known_are_shown_as_text()
    {
        var page = await OpenChatAsync(prepare: _server.PlayAsync);
        var answer = await SendAsync(page, "Hello!");
        await _server.AcceptAsync();
        _server.Say("STATE_SNAPSHOT", new { snapshot = new { city = "<b>Lisbon</b>", member = new { name = "Alex" } } });
        _server.Say("STEP_STARTED", new { stepName = "General <i>Agent</i>" });
        _server.Say("REASONING_MESSAGE_START", new { messageId = "r1" });
        _server.Say("REASONING_MESSAGE_CONTENT", new { messageId = "r1", delta = "First I look " });
        _server.Say("REASONING_MESSAGE_CONTENT", new { messageId = "r1", delta = "it <script>up</script>." });
        await Assertions.Expect(answer.GetByTestId("thought")).ToContainTextAsync("Thinking…");
        _server.Say("REASONING_MESSAGE_END", new { messageId = "r1" });
        var thought = answer.GetByTestId("thought");
        await Assertions.Expect(thought.Locator(".thought-text")).ToBeHiddenAsync();
        await thought.Locator("summary").ClickAsync();
        await Assertions.Expect(thought.Locator(".thought-text")).ToHaveTextAsync("First I look it <script>up</script>.");

        _server.Call("c1", "long_search", new { term = "tea" });
        _server.Say("CUSTOM", new { name = "tool_progress", value = new { toolCallId = "c1", progress = 2, total = 5, message = "Reading <b>2</b>" } });
        var card = answer.Locator("[data-testid=tool-call][data-tool=long_search]");
        await Assertions.Expect(card.GetByTestId("tool-progress")).ToHaveJSPropertyAsync("value", 2);
        await Assertions.Expect(card.GetByTestId("tool-progress")).ToHaveJSPropertyAsync("max", 5);
        await Assertions.Expect(card).ToContainTextAsync("Reading <b>2</b>");
        await SaveAsync(page, "progress");
        _server.Say("TOOL_CALL_RESULT", new { messageId = "m1", toolCallId = "c1", content = "found", role = "tool" });
        await Assertions.Expect(card.GetByTestId("tool-progress")).ToHaveCountAsync(0);

        _server.Say("STATE_DELTA", new { delta = new object[] { new { op = "replace", path = "/member/name", value = "Ada" }, new { op = "add", path = "/mood", value = "happy" } } });
        _server.Finish("Done.");
        await EndedAsync(answer);
        await Assertions.Expect(answer.GetByTestId("model")).ToHaveTextAsync("openai · large");
        await Assertions.Expect(answer.GetByTestId("tokens")).ToHaveTextAsync("120 → 7");
        await Assertions.Expect(page.GetByTestId("current-agent")).ToHaveTextAsync("General <i>Agent</i>");
        await page.GetByTestId("context-opener").ClickAsync();
        await Assertions.Expect(page.Locator("[data-testid=context-chip] dd")).ToHaveTextAsync(["<b>Lisbon</b>", "Ada", "happy"]);
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task An_agent_may_ask_the_user_once_that_is_switched_on()
    {
        var page = await OpenChatAsync(prepare: _server.PlayAsync);
        var first = await SendAsync(page, "Hello!");
        Assert.False((await _server.AcceptAsync()).TryGetProperty("tools", out _));
        _server.Finish("Hello.");
        await EndedAsync(first);

        await page.GetByTestId("settings-opener").ClickAsync();
        await page.GetByTestId("switch-askUser").CheckAsync();
        await page.Keyboard.PressAsync("Escape");
        var second = await SendAsync(page, "Book a table.");
        Assert.Equal("ask_user", (await _server.AcceptAsync()).GetProperty("tools")[0].GetProperty("name").GetString());
        _server.Call("c1", "ask_user", new { question = "For how <b>many</b>?" });
        await Assertions.Expect(second.GetByTestId("ask-user")).ToContainTextAsync("For how <b>many</b>?");
        await Assertions.Expect(second.GetByTestId("ask-field")).ToBeFocusedAsync();
        await second.GetByTestId("ask-field").FillAsync("four");
        await SaveAsync(page, "ask");
        await page.Keyboard.PressAsync("Enter");
        var answered = await _server.ReceiveAsync("tool_result");
        Assert.Equal(("c1", "four"), (answered.GetProperty("toolCallId").GetString(), answered.GetProperty("content").GetString()));
        Assert.False(answered.TryGetProperty("isError", out _));
        _server.Say("TOOL_CALL_RESULT", new { messageId = "m1", toolCallId = "c1", content = "four", role = "tool" });
        await Assertions.Expect(second.GetByTestId("ask-user")).ToHaveCountAsync(0);

        _server.Call("c2", "ask_user", new { question = "Inside or outside?", choices = new[] { "Inside", "Outside" } });
        await second.GetByTestId("ask-choice").Filter(new() { HasText = "Outside" }).ClickAsync();
        Assert.Equal("Outside", (await _server.ReceiveAsync("tool_result")).GetProperty("content").GetString());
        _server.Say("TOOL_CALL_RESULT", new { messageId = "m2", toolCallId = "c2", content = "Outside", role = "tool" });

        _server.Call("c3", "ask_user", new { question = "Your card number?" });
        await second.GetByTestId("ask-decline").ClickAsync();
        Assert.True((await _server.ReceiveAsync("tool_result")).GetProperty("isError").GetBoolean());
        _server.Finish("Booked.");
        await EndedAsync(second);
        Assert.Empty(Problems);
    }

    [Fact]
    public async Task Pictures_go_along_and_fit_into_a_frame()
    {
        var page = await OpenChatAsync(prepare: _server.PlayAsync);

        // noise is what compresses worst
        var noise = await page.EvaluateAsync<string>(
            """
            async () => {
              const canvas = document.createElement('canvas');
              canvas.width = canvas.height = 1200;
              const context = canvas.getContext('2d');
              const image = context.createImageData(1200, 1200);
              for (let at = 0; at < image.data.length; at += 65536) {
                crypto.getRandomValues(image.data.subarray(at, at + 65536));
              }
              context.putImageData(image, 0, 0);
              return canvas.toDataURL('image/png').split(',')[1];
            }
            """);
        var picture = new FilePayload { Name = "noise.png", MimeType = "image/png", Buffer = Convert.FromBase64String(noise) };
        var text = new FilePayload { Name = "notes.txt", MimeType = "text/plain", Buffer = Encoding.UTF8.GetBytes("no picture") };
        await page.GetByTestId("picture-files").SetInputFilesAsync([.. Enumerable.Repeat(picture, 3), text], new() { Timeout = 4 * AnswerDeadline });
        await Assertions.Expect(page.GetByTestId("picture")).ToHaveCountAsync(3);
        await Assertions.Expect(page.Locator("#error-notice")).ToContainTextAsync("not a picture");
        await page.GetByTestId("picture-remove").First.ClickAsync();
        await Assertions.Expect(page.GetByTestId("picture")).ToHaveCountAsync(2);

        await page.GetByTestId("message-input").FillAsync("What is this?");
        await page.Keyboard.PressAsync("Enter");
        var frame = await _server.AcceptAsync();
        Assert.InRange(Encoding.UTF8.GetByteCount(frame.GetRawText()), 100_000, 1_048_576);
        var images = frame.GetProperty("messages")[0].GetProperty("images").EnumerateArray().ToArray();
        Assert.Equal(2, images.Length);
        Assert.All(images, image => Assert.Equal("image/jpeg", image.GetProperty("mediaType").GetString()));
        Assert.All(images, image => Assert.Equal([0xFF, 0xD8], image.GetProperty("data").GetBytesFromBase64()[..2]));
        _server.Finish("Noise.");
        await EndedAsync(page.GetByTestId("assistant-message"));
        await Assertions.Expect(page.GetByTestId("user-message").Locator("img")).ToHaveCountAsync(2);
        await Assertions.Expect(page.GetByTestId("picture")).ToHaveCountAsync(0);
        Assert.Empty(Problems);
    }
}
