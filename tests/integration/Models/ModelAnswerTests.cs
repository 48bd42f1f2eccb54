using System.Text.Json;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Models;
using StreamChat.ToolWorker.Tools;
using static StreamChat.TestSupport.Models.OpenAIScripts;

namespace StreamChat.IntegrationTests.Models;

/// <summary>What real providers answer with, as a client of the native protocol sees it, and what they are asked for it.</summary>
public sealed class ModelAnswerTests(RabbitMqServer broker)
{
    private static readonly Tool[] Tools =
    [
        Tool.OfJson((string city) => JsonElement.Parse($$"""{"city":"{{city}}","degrees":21}"""), "test_weather", "Tells the weather.", TimeSpan.FromSeconds(20)),
    ];

    [Fact]
    public async Task Text_is_there_as_soon_as_it_is_said()
    {
        await using var service = await StartAsync();
        var rest = new TaskCompletionSource();
        service.Server.Script("", Slow("First half, ", rest.Task, "second half."));
        var run = await service.BeginAsync("hi");
        await service.ReadUntilAsync(run, () => run.Transcript.Text == "First half, ");
        rest.SetResult();
        await service.ReadUntilAsync(run, () => run.Transcript.Ended);

        Assert.Equal(("RUN_FINISHED", "First half, second half."), run.Outcome);
        Assert.Equal("""{"provider":"openai","model":"first","agent":"Triage Agent","finishReason":"stop","inputTokens":11,"outputTokens":7}""", run.Result);
    }

    [Fact]
    public async Task Parallel_calls_split_over_chunks_are_seen_as_they_are_written_run_and_answered_together()
    {
        await using var service = await StartAsync();
        var rest = new TaskCompletionSource();
        service.Server.Script(
            "",
            async answer =>
            {
                await answer.EventAsync(Call(0, "call_a", "test_weather", "{\"ci"));
                await answer.WaitAsync(rest.Task);
                await Answer(Call(1, "call_b", "test_weather"), More(0, "ty\":\"Rome\"}"), More(1, "{\"city\":\"Köln\"}"), Finish("tool_calls"))(answer);
            },
            Text("Both 21."));
        var run = await service.BeginAsync("weather?");
        await service.ReadUntilAsync(run, () => run.Transcript.ToolCalls is [{ Arguments: "{\"ci" }]);
        rest.SetResult();
        await service.ReadUntilAsync(run, () => run.Transcript.Ended);

        Assert.Equal(("RUN_FINISHED", "Both 21."), run.Outcome);
        Assert.Equal(["""{"city":"Rome"}""", """{"city":"Köln"}"""], run.Transcript.ToolCalls.Select(c => c.Arguments));
        Assert.Equal(["""{"city":"Rome","degrees":21}""", """{"city":"Köln","degrees":21}"""], run.Transcript.ToolCalls.Select(c => c.Result));
        Assert.Equal("""{"provider":"openai","model":"first","agent":"Triage Agent","finishReason":"stop","inputTokens":22,"outputTokens":14}""", run.Result);

        var told = service.Server.Questions[1].Body.GetProperty("messages").EnumerateArray().ToList();
        Assert.Equal(["system", "user", "assistant", "tool", "tool"], told.Select(m => m.GetProperty("role").GetString()));
        Assert.Equal(["call_a", "call_b"], told[2].GetProperty("tool_calls").EnumerateArray().Select(c => c.GetProperty("id").GetString()));
        Assert.Equal(["call_a", "call_b"], told[3..].Select(m => m.GetProperty("tool_call_id").GetString()));
    }

    [Fact]
    public async Task Malformed_arguments_are_an_error_that_the_model_sees_and_the_run_goes_on()
    {
        await using var service = await StartAsync();
        service.Server.Script("", Answer(Call(0, "call_a", "test_weather", "{\"city\":"), Finish("tool_calls")), Text("Sorry."));
        var run = await service.AskAsync("weather?");

        Assert.Equal(("RUN_FINISHED", "Sorry."), run.Outcome);
        Assert.True(Assert.Single(run.Transcript.ToolCalls).IsError);
        Assert.StartsWith("Error: The arguments", service.Server.Questions[1].Body.GetProperty("messages")[3].GetProperty("content").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thinking_is_shown_and_neither_stored_nor_said_again()
    {
        await using var service = await StartAsync();
        service.Server.Script("", Answer(Reasoning("Hm"), Reasoning(", well."), Content("Yes."), Finish("stop")));
        var run = await service.AskAsync("really?", threadId: "t");
        await service.AskAsync("sure?", threadId: "t");

        Assert.Equal("Hm, well.", string.Concat(run.Of("REASONING_MESSAGE_CONTENT", "delta")));
        Assert.Equal(("RUN_FINISHED", "Yes."), run.Outcome);
        Assert.Equal(
            ["REASONING_MESSAGE_START", "REASONING_MESSAGE_END", "TEXT_MESSAGE_START"],
            run.Transcript.Types.Where(t => t is "REASONING_MESSAGE_START" or "REASONING_MESSAGE_END" or "TEXT_MESSAGE_START"));
        Assert.Equal("Yes.", service.Server.Questions[1].Body.GetProperty("messages")[2].GetProperty("content").GetString());
        Assert.DoesNotContain("Hm", service.Server.Questions[1].Body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pictures_reach_the_model_also_when_the_conversation_goes_on()
    {
        await using var service = await StartAsync();
        service.Server.Script("", Text("A dot."));
        var run = await service.AskAsync(
            "What is it?", threadId: "t", images: [new { mediaType = "image/png", data = "AQID" }, new { mediaType = "image/jpeg", url = "https://example.org/a.jpg" }]);
        await service.AskAsync("And its colour?", threadId: "t");

        Assert.Equal(("RUN_FINISHED", "A dot."), run.Outcome);
        foreach (var question in service.Server.Questions)
        {
            var content = question.Body.GetProperty("messages")[1].GetProperty("content");
            Assert.Equal("What is it?", content[0].GetProperty("text").GetString());
            Assert.Equal(
                ["data:image/png;base64,AQID", "https://example.org/a.jpg"],
                content.EnumerateArray().Skip(1).Select(c => c.GetProperty("image_url").GetProperty("url").GetString()));
        }

        Assert.Equal(2, service.Server.Questions.Count);
    }

    [Fact]
    public async Task The_agent_has_its_model_and_the_request_may_name_another()
    {
        await using var service = await StartAsync(
            ("Models:small:Name", "gpt-small"), ("Models:claude:Provider", "anthropic"), ("Models:claude:ApiKey", ProvidedService.Key), ("Models:claude:Endpoint", ProvidedService.ServerPlace),
            ("Agents:Team:triage:Model", "small"));
        service.Server.Script("gpt-small", Text("From the small one."));
        service.Server.Script("claude", AnthropicScripts.Answer(
            "end_turn", AnthropicScripts.ThinkingBlock(0, "Hm."), AnthropicScripts.TextBlock(1, "From ", "the other one.")));

        var agents = await service.AskAsync("hi");
        Assert.Equal(("RUN_FINISHED", "From the small one."), agents.Outcome);
        var asked = await service.AskAsync("hi", model: "claude");
        Assert.Equal(("RUN_FINISHED", "From the other one."), asked.Outcome);
        Assert.Equal(["Hm."], asked.Of("REASONING_MESSAGE_CONTENT", "delta"));
        Assert.Contains("\"provider\":\"anthropic\",\"model\":\"claude\"", asked.Result, StringComparison.Ordinal);
        Assert.Equal("not_found", (await service.AskAsync("hi", model: "missing")).Outcome.End);
        Assert.DoesNotContain(ProvidedService.Key, service.Frames + service.Logs, StringComparison.Ordinal);
    }

    private async Task<ProvidedService> StartAsync(params (string Key, string Value)[] settings) =>
        await ProvidedService.StartAsync(await broker.CreateVirtualHostAsync(), Tools, settings);
}
