using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using StreamChat.EndToEndTests.Distributed;
using StreamChat.EndToEndTests.Page;

namespace StreamChat.EndToEndTests.Clients;

/// <summary>The chat page through the edge, while the gateway behind it is killed.</summary>
[Collection(nameof(ClientCollection))]
public sealed class ChatPageSurvivalTests(DistributedStack stack) : ChatPageTest(stack.Edge.BaseAddress)
{
    [Fact]
    public async Task The_page_goes_on_with_an_answer_when_its_gateway_is_killed()
    {
        var connectionId = "";
        var page = await OpenChatAsync(prepare: page =>
        {
            page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) =>
            {
                var json = JsonElement.Parse(frame.Text!);
                connectionId = json.GetProperty("type").GetString() == "welcome" ? json.GetProperty("connectionId").GetString()! : connectionId;
            };
            return Task.CompletedTask;
        });
        var answer = await SendAsync(page, "/load 400 100");
        await Assertions.Expect(answer).ToContainTextAsync("40@", new() { Timeout = AnswerDeadline });
        var first = connectionId;
        await stack.KillGatewayAsync(first.Split('.')[0]);
        await EndedAsync(answer);

        Assert.NotEqual(first, connectionId);
        await ConnectedAsync(page);
        var numbers = Regex.Matches(await answer.Locator(".prose").InnerTextAsync(), @"(\d+)@").Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(1, 400), numbers);
        await Assertions.Expect(page.Locator("#connection-notice")).ToBeHiddenAsync();
        await SaveAsync(page, "survived");

        // and the conversation goes on
        var next = await AskAsync(page, "What is 2 + 3?");
        await Assertions.Expect(next).ToContainTextAsync("5");
    }
}
