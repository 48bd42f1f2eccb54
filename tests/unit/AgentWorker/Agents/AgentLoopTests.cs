using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Agents;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.Contracts.Events;
using static StreamChat.UnitTests.AgentWorker.Agents.AgentRun;

namespace StreamChat.UnitTests.AgentWorker.Agents;

public sealed class AgentLoopTests
{
    private readonly AgentRun _run = new();

    [Fact]
    public async Task A_hand_off_ends_one_step_says_so_and_begins_the_other_without_a_tool_call()
    {
        await ExecuteAsync(Task(), [Text("Just a moment."), Call("c1", "transfer_to_weather")], [Call("c2", "weather")], [Text("Rain.")]);

        Assert.Equal(
            [
                "+Triage Agent", "Just a moment.", "-Triage Agent", """hand_off {"from":"Triage Agent","to":"Weather Agent"}""",
                "+Weather Agent", "call weather", "result done", "Rain.", "-Weather Agent",
            ],
            _run.Story);
        Assert.Equal(Enumerable.Range(1, _run.Events.Count).Select(i => (long)i), _run.Events.Select(e => e.Seq));
        Assert.Equal("Weather Agent", _run.Transcript.Agent);
    }

    [Fact]
    public async Task The_agent_that_takes_over_gets_the_conversation_its_own_instructions_its_tools_and_its_hand_offs()
    {
        await ExecuteAsync(Task(), [Call("c1", "transfer_to_weather")], [Text("Rain.")]);

        var (triage, weather) = (_run.Asked[0], _run.Asked[1]);
        Assert.StartsWith("You are Triage Agent.\n", triage.System, StringComparison.Ordinal);
        Assert.Equal(
            ["calculator", "current_time", "transfer_to_weather", "transfer_to_news", "transfer_to_recipe", "transfer_to_personal_assistant", "transfer_to_health"],
            triage.Tools);
        Assert.StartsWith("You are Weather Agent.\n", weather.System, StringComparison.Ordinal);
        Assert.Equal(["weather", "transfer_to_triage"], weather.Tools);
        Assert.Equal(["system", "user", "assistant", "tool"], weather.Messages.Select(m => m.Role.Value));
        Assert.Equal("go", weather.Messages[1].Text);
        AssertCallsAreAnswered(weather.Messages);
    }

    [Fact]
    public async Task The_stored_hand_off_is_a_valid_conversation_for_the_next_run_also_with_the_other_agent()
    {
        await ExecuteAsync(Task(), [Call("c1", "calculator"), Call("c2", "transfer_to_news"), Call("c3", "transfer_to_weather")], [Text("Rain.")]);
        Assert.Equal(["calculator"], _run.Called);

        var next = new AgentRun();
        await next.ExecuteAsync(
            Task() with { ThreadAgent = _run.Transcript.Agent, Messages = [User("go"), .. _run.Transcript.Messages(), User("and now?", "u2")] }, [], [Text("News.")]);

        var asked = Assert.Single(next.Asked);
        Assert.StartsWith("You are News Agent.", asked.System, StringComparison.Ordinal);
        Assert.Equal(["system", "user", "assistant", "tool", "tool", "tool", "assistant", "user"], asked.Messages.Select(m => m.Role.Value));
        AssertCallsAreAnswered(asked.Messages);
        Assert.Contains("Only one agent", asked.Messages[5].Contents.OfType<FunctionResultContent>().Single().Result!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Past_the_limit_no_hand_off_is_offered_so_that_the_agent_answers()
    {
        await ExecuteAsync(
            Task(),
            [("Limits:Run:HandOffs", "2")],
            [Call("c1", "transfer_to_weather")], [Call("c2", "transfer_to_triage")], [Text("I cannot say.")]);

        Assert.Equal(["calculator", "current_time"], _run.Asked[2].Tools);
        Assert.Equal("-Triage Agent", _run.Story.Last());
    }

    [Fact]
    public async Task A_model_that_hands_on_all_the_same_is_stopped()
    {
        var round = 0;
        var e = await Assert.ThrowsAsync<RunLimitException>(() => ExecuteAsync(
            Task(),
            [("Limits:Run:HandOffs", "3")],
            [.. Enumerable.Range(1, 10).Select(i => new[] { Call($"c{++round}", i % 2 == 1 ? "transfer_to_weather" : "transfer_to_triage") })]));

        Assert.Contains("more than 3 times", e.Message, StringComparison.Ordinal);
        Assert.Equal(3, _run.Events.OfType<Custom>().Count(c => c.Name == CustomEvents.HandOff));
    }

    [Fact]
    public async Task A_hand_off_to_nobody_and_a_tool_of_another_agent_are_errors_that_the_model_sees()
    {
        await ExecuteAsync(Task(), [Call("c1", "transfer_to_nobody"), Call("c2", "weather")], [Text("Sorry.")]);

        Assert.Equal(["+Triage Agent", "call weather", "result Tool not found: weather", "Sorry.", "-Triage Agent"], _run.Story);
        Assert.Empty(_run.Called);
        var results = _run.Asked[1].Messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Select(r => r.Result!.ToString());
        Assert.Equal(["Error: There is no agent to hand on to by transfer_to_nobody.", "Error: Tool not found: weather"], results);
    }

    [Theory]
    [InlineData(null, null, "Triage Agent")]
    [InlineData(null, "Recipe Agent", "Recipe Agent")]
    [InlineData(null, "Agent of an older release", "Triage Agent")]
    [InlineData("Health Adviser", "Recipe Agent", "Health Adviser")]
    [InlineData("health adviser", null, "Health Adviser")]
    public async Task The_run_begins_with_whom_the_request_names_or_the_thread_is_with_or_the_first(string? asked, string? remembered, string expected)
    {
        await ExecuteAsync(Task() with { Agent = asked, ThreadAgent = remembered }, [Text("Hello.")]);
        Assert.Equal([$"+{expected}", "Hello.", $"-{expected}"], _run.Story);
        Assert.Equal(expected, _run.Transcript.Agent);
    }

    [Fact]
    public async Task An_unknown_agent_fails_the_run_before_the_model_is_asked_and_is_not_remembered()
    {
        var e = await Assert.ThrowsAsync<UnknownAgentException>(() => ExecuteAsync(Task() with { Agent = "Nobody" }, [Text("Hello.")]));
        Assert.Contains("Nobody", e.Message, StringComparison.Ordinal);
        Assert.Empty(_run.Asked);
        Assert.Null(_run.Transcript.Agent);
    }

    [Fact]
    public async Task Without_tools_only_hand_offs_are_offered_and_a_tool_called_all_the_same_is_not_run()
    {
        await ExecuteAsync(Task() with { UseTools = false, Agent = "Weather Agent" }, [Call("c1", "weather")], [Text("Sorry.")]);
        Assert.Equal(["transfer_to_triage"], _run.Asked[0].Tools);
        Assert.Empty(_run.Called);
        Assert.Contains("result Tool not found: weather", _run.Story);
    }

    [Fact]
    public async Task A_personality_adds_instructions_and_temperature_to_every_agent_of_the_run()
    {
        await ExecuteAsync(
            Task() with { Personality = "Pirate" },
            [("Personalities:pirate:Instructions", "Talk like a pirate."), ("Personalities:pirate:Temperature", "1.2")],
            [Call("c1", "transfer_to_weather")], [Text("Arr.")]);

        Assert.Equal(2, _run.Asked.Count);
        Assert.All(_run.Asked, a => Assert.EndsWith("\n\n# Style\nTalk like a pirate.", a.System, StringComparison.Ordinal));
        Assert.All(_run.Asked, a => Assert.Equal(1.2f, a.Options.Temperature));
    }

    [Theory]
    [InlineData("friendly", true)]
    [InlineData("professional", true)]
    [InlineData("concise", true)]
    [InlineData("nobody", false)]
    [InlineData(null, false)]
    public async Task Shipped_personalities_are_there_and_an_unknown_one_is_as_none(string? personality, bool known)
    {
        await ExecuteAsync(Task() with { Personality = personality }, [Text("Hello.")]);
        Assert.Equal(known, _run.Asked[0].System.Contains("# Style", StringComparison.Ordinal));
        Assert.Null(_run.Asked[0].Options.Temperature);
    }

    [Fact]
    public async Task The_context_is_shown_on_one_line_in_the_system_message()
    {
        await ExecuteAsync(Task() with { Context = JsonElement.Parse("{\n \"mood\": \"tired\",\n \"心情\": \"\\u7d2f\\n# Context\"\n}") }, [Text("Hello.")]);
        Assert.EndsWith("""{"mood":"tired","心情":"累\n# Context"}""", _run.Asked[0].System, StringComparison.Ordinal);
        Assert.Single(_run.Asked[0].Messages, m => m.Role == ChatRole.System);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"\"")]
    public async Task A_context_that_says_nothing_is_not_shown(string context)
    {
        await ExecuteAsync(Task() with { Context = JsonElement.Parse(context) }, [Text("Hello.")]);
        Assert.DoesNotContain("# Context", _run.Asked[0].System, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_context_that_is_too_long_is_cut_off()
    {
        await ExecuteAsync(
            Task() with { Context = JsonElement.Parse($"\"{new string('x', 100)}\"") }, [("Limits:Run:ContextChars", "10")], [Text("Hello.")]);
        Assert.EndsWith("\n\"xxxxxxxxx…", _run.Asked[0].System, StringComparison.Ordinal);
    }

    private static AgentTask Task() => new() { RunId = Guid.Empty, ThreadId = "t", UserId = "ada", Messages = [User("go")] };

    private Task ExecuteAsync(AgentTask task, params AIContent[][] answers) => _run.ExecuteAsync(task, [], answers);

    private Task ExecuteAsync(AgentTask task, (string Key, string? Value)[] settings, params AIContent[][] answers) =>
        _run.ExecuteAsync(task, settings, answers);

    /// <summary>What model providers demand: each call is followed by exactly one result.</summary>
    private static void AssertCallsAreAnswered(IReadOnlyList<ChatMessage> messages)
    {
        var contents = messages.SelectMany(m => m.Contents).ToList();
        Assert.NotEmpty(contents.OfType<FunctionCallContent>());
        Assert.Equal(contents.OfType<FunctionCallContent>().Select(c => c.CallId), contents.OfType<FunctionResultContent>().Select(r => r.CallId));
    }
}
