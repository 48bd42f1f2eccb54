using System.Text.Json;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Sockets;
using StreamChat.TestSupport.Waiting;
using static StreamChat.IntegrationTests.Runs.ScriptedModel;

namespace StreamChat.IntegrationTests.Agents;

/// <summary>Tools that a client of the native protocol runs itself, over a real broker.</summary>
public sealed class ClientToolTests(RabbitMqServer broker)
{
    [Fact]
    public async Task The_run_waits_for_all_that_the_client_was_asked_and_goes_on_with_its_answers()
    {
        await using var service = await StartAsync();
        await using var client = await service.ConnectAsync();
        var run = await AskAsync(client);
        await client.ReadUntilAsync(run, () => run.Types.Count(t => t == "TOOL_CALL_END") == 2);
        Assert.Equal(["""{"place":"Rome"}""", """{"place":"Oslo"}"""], run.ToolCalls.Select(c => c.Arguments));

        await AnswerAsync(client, run, "c2", "no such place", isError: true);
        await AnswerAsync(client, run, "c1", "shown");
        await client.ReadToEndAsync(run);
        Assert.Equal(("RUN_FINISHED", "shown|Error: no such place"), (run.End, run.Text));
        Assert.Equal([("shown", false), ("no such place", true)], run.ToolCalls.Select(c => (c.Result!, c.IsError)));
    }

    [Fact]
    public async Task Only_the_asker_is_heard_and_only_the_first_time()
    {
        await using var service = await StartAsync();
        await using var ada = await service.ConnectAsync();
        await using var eve = await service.ConnectAsync("eve");
        var run = await AskAsync(ada);
        await ada.ReadUntilAsync(run, () => run.Types.Count(t => t == "TOOL_CALL_END") == 2);

        await AnswerAsync(eve, run, "c1", "forged");
        var refused = await eve.ReceiveAsync("error");
        Assert.Equal(("not_found", run.RunId), (refused.GetProperty("code").GetString(), refused.GetProperty("runId").GetGuid()));

        await AnswerAsync(ada, run, "c1", "first");
        await ada.ReadUntilAsync(run, () => run.Types.Contains("TOOL_CALL_RESULT"));
        await AnswerAsync(ada, run, "c1", "second");
        await AnswerAsync(ada, run, "c2", "third");
        await AnswerAsync(ada, run, "c9", "nobody asked");
        await ada.ReadToEndAsync(run);
        Assert.Equal("first|third", run.Text);
    }

    [Fact]
    public async Task In_a_room_the_others_see_the_call_and_only_the_asker_answers()
    {
        await using var service = await StartAsync();
        await using var ada = await service.ConnectAsync();
        await using var bob = await service.ConnectAsync("bob");
        await using var assistant = await JsonSocket.ConnectAsync(service.Address, "/ws?user_id=host&room_id=hall");
        await Eventually.TrueAsync(async () => await service.QueryAsync("select count(*) from rooms where room_id = 'hall'") == 1);
        await JoinAsync(ada);
        await JoinAsync(bob);
        var run = await AskAsync(ada, threadId: "~room/hall");
        var seen = new Transcript(run.RunId, asked: false);
        await bob.ReadUntilAsync(seen, () => seen.Types.Count(t => t == "TOOL_CALL_END") == 2);
        await AnswerAsync(bob, run, "c1", "forged");
        Assert.Equal("not_found", (await bob.ReceiveAsync("error")).GetProperty("code").GetString());

        await ada.ReadUntilAsync(run, () => run.Types.Count(t => t == "TOOL_CALL_END") == 2);
        await AnswerAsync(ada, run, "c1", "one");
        await AnswerAsync(ada, run, "c2", "two");
        await bob.ReadToEndAsync(seen);
        Assert.Equal("one|two", seen.Text);
    }

    [Fact]
    public async Task After_a_reconnect_at_another_gateway_the_calls_are_seen_again_and_answered_there()
    {
        var host = await broker.CreateVirtualHostAsync();
        await using var one = await WholeService.StartAsync(host, Script());
        await using var two = await WholeService.StartAsync(host, Script(), settings: one.Store);
        var first = await one.ConnectAsync();
        var run = await AskAsync(first);
        await first.ReadUntilAsync(run, () => run.Types.Count(t => t == "TOOL_CALL_END") == 2);
        await first.DisposeAsync();

        // the directory asks any worker, and the one that has the run hears of it
        await using var second = await two.ConnectAsync();
        for (var i = 0; i < 4; i++)
        {
            await AnswerAsync(second, run, "c1", "shown");
        }

        await second.SendAsync($$"""{"type":"attach","runId":"{{run.RunId}}"}""");
        var again = new Transcript(run.RunId, asked: false);
        await second.ReadUntilAsync(again, () => again.ToolCalls.Any(c => c.Id == "c1" && c.Result is not null));
        Assert.Equal(["show_map", "show_map"], again.ToolCalls.Select(c => c.Name));
        await AnswerAsync(second, run, "c2", "too");
        await second.ReadToEndAsync(again);
        Assert.Equal("shown|too", again.Text);
    }

    [Fact]
    public async Task A_client_that_says_nothing_is_a_tool_error_in_time()
    {
        await using var service = await StartAsync(("Limits:Run:ClientToolTimeout", "00:00:00.3"));
        await using var client = await service.ConnectAsync();
        var run = await AskAsync(client);
        await client.ReadToEndAsync(run);
        Assert.Equal("RUN_FINISHED", run.End);
        Assert.All(run.ToolCalls, c => Assert.Equal((true, "The client did not answer for its tool show_map within 0.3 s."), (c.IsError, c.Result)));
    }

    [Fact]
    public async Task A_run_that_waits_can_be_cancelled()
    {
        await using var service = await StartAsync();
        await using var client = await service.ConnectAsync();
        var run = await AskAsync(client);
        await client.ReadUntilAsync(run, () => run.Types.Count(t => t == "TOOL_CALL_END") == 2);
        await client.SendAsync($$"""{"type":"cancel","runId":"{{run.RunId}}"}""");
        await client.ReadToEndAsync(run);
        Assert.Equal(("RUN_ERROR", "cancelled"), (run.End, run.Code));
    }

    private static Func<IReadOnlyList<Microsoft.Extensions.AI.ChatMessage>, CancellationToken, IAsyncEnumerable<Microsoft.Extensions.AI.ChatResponseUpdate>> Script() =>
        AgentScripts.CallThenTell(Call("c1", "show_map", ("place", "Rome")), Call("c2", "show_map", ("place", "Oslo")));

    private async Task<WholeService> StartAsync(params (string Key, string Value)[] settings) =>
        await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), Script(), settings: settings);

    private static async Task<Transcript> AskAsync(NativeClient client, string? threadId = null)
    {
        var runId = Guid.CreateVersion7();
        await client.SendAsync(JsonSerializer.Serialize(new
        {
            type = "run",
            runId,
            threadId,
            messages = new[] { new { role = "user", content = "go" } },
            tools = new[] { new { name = "show_map", description = "Shows a map.", parameters = new { type = "object" } } },
        }));
        return new Transcript(runId);
    }

    private static Task AnswerAsync(NativeClient client, Transcript run, string callId, string content, bool isError = false) =>
        client.SendAsync(JsonSerializer.Serialize(new { type = "tool_result", runId = run.RunId, toolCallId = callId, content, isError }));

    private static async Task JoinAsync(NativeClient client)
    {
        await client.SendAsync("""{"type":"join","threadId":"~room/hall"}""");
        Assert.Equal("joined", (await client.ReceiveAsync()).GetProperty("type").GetString());
    }
}
