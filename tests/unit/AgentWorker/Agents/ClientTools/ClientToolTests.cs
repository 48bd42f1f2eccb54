using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Agents;
using StreamChat.AgentWorker.Agents.ClientTools;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;
using StreamChat.TestSupport.Time;
using StreamChat.TestSupport.Waiting;
using static StreamChat.UnitTests.AgentWorker.Agents.AgentRun;

namespace StreamChat.UnitTests.AgentWorker.Agents.ClientTools;

/// <summary>Tools that the client runs, as the model and the run see them.</summary>
public sealed class ClientToolTests
{
    private static readonly ClientTool Map = new() { Name = "show_map", Description = "Shows a map.", Parameters = JsonElement.Parse("""{"type":"object","properties":{"place":{"type":"string"}}}""") };

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task They_are_offered_beside_the_others_to_every_agent_and_what_is_ours_hides_theirs()
    {
        var run = new AgentRun();
        var task = Task() with { ClientTools = [Map, Map with { Name = "weather" }, Map with { Name = "transfer_to_nobody" }] };
        await run.ExecuteAsync(task, [], [Call("c1", "transfer_to_weather")], [Text("Rain.")]);
        Assert.Contains("show_map", run.Asked[0].Tools);
        Assert.DoesNotContain("weather", run.Asked[0].Tools);
        Assert.DoesNotContain("transfer_to_nobody", run.Asked[0].Tools);
        Assert.Equal(["weather", "show_map", "transfer_to_triage"], run.Asked[1].Tools);
        var declared = Assert.IsAssignableFrom<AIFunctionDeclaration>(run.Asked[1].Options.Tools!.Single(t => t.Name == "show_map"));
        Assert.Equal("""{"type":"object","properties":{"place":{"type":"string"}}}""", declared.JsonSchema.GetRawText());
    }

    [Fact]
    public async Task Without_tools_there_are_none_of_the_clients_either()
    {
        var run = new AgentRun();
        await run.ExecuteAsync(Task() with { UseTools = false }, [], [Text("Hello.")]);
        Assert.DoesNotContain("show_map", run.Asked[0].Tools);
    }

    [Fact]
    public async Task Several_calls_wait_at_once_for_their_answers_in_any_order()
    {
        var run = new AgentRun { Time = _time };
        var task = Task();
        var running = run.ExecuteAsync(task, [], [Call("c1", "show_map"), Call("c2", "show_map"), Call("c3", "calculator")], [Text("Done.")]);

        // the other tool's result is there, so both calls wait by now
        await Eventually.TrueAsync(() => run.Now.OfType<ToolCallResult>().Any() && _time.ActiveTimers >= 2);
        task.ClientAnswers.Answer("c2", new ToolOutcome(null, "no such place"));
        task.ClientAnswers.Answer("c2", Said("too late"));
        task.ClientAnswers.Answer("c1", Said("shown"));
        await running;

        Assert.Equal(["calculator"], run.Called);
        var results = run.Events.OfType<ToolCallResult>().ToDictionary(r => r.ToolCallId);
        Assert.Equal(("shown", false), (results["c1"].Content, results["c1"].IsError));
        Assert.Equal(("no such place", true), (results["c2"].Content, results["c2"].IsError));
        Assert.Equal(
            ["shown", "Error: no such place", "done"],
            run.Asked[1].Messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Select(r => r.Result!.ToString()));
        Assert.Equal(3, run.Events.OfType<ToolCallEnd>().Count());
    }

    [Fact]
    public async Task An_answer_that_comes_before_anybody_waits_counts()
    {
        var run = new AgentRun();
        var task = Task();
        task.ClientAnswers.Answer("c1", Said("shown"));
        await run.ExecuteAsync(task, [], [Call("c1", "show_map")], [Text("Done.")]);
        Assert.Equal("shown", Assert.Single(run.Events.OfType<ToolCallResult>()).Content);
    }

    [Fact]
    public async Task A_client_that_does_not_answer_in_time_is_a_tool_error_and_the_run_goes_on()
    {
        var run = new AgentRun { Time = _time };
        var running = run.ExecuteAsync(Task(), [("Limits:Run:ClientToolTimeout", "00:00:30")], [Call("c1", "show_map")], [Text("Sorry.")]);
        await Eventually.TrueAsync(() => _time.ActiveTimers > 0 && run.Now.OfType<ToolCallEnd>().Any());
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(running.IsCompleted);
        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return running.IsCompleted;
        });
        await running;

        var result = Assert.Single(run.Events.OfType<ToolCallResult>());
        Assert.Equal((true, "The client did not answer for its tool show_map within 30 s."), (result.IsError, result.Content));
        Assert.Equal("Sorry.", run.Said);
    }

    [Fact]
    public async Task A_run_that_is_stopped_waits_no_longer()
    {
        using var stop = new CancellationTokenSource();
        var run = new AgentRun { Stopping = stop.Token };
        var running = run.ExecuteAsync(Task(), [], [Call("c1", "show_map")], [Text("Never.")]);
        await Eventually.TrueAsync(() => run.Now.OfType<ToolCallEnd>().Any());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal("", run.Said);
    }

    [Fact]
    public async Task Answers_to_calls_that_were_never_made_are_held_within_a_bound()
    {
        var answers = new ClientToolAnswers();
        for (var i = 0; i < 65; i++)
        {
            answers.Answer($"c{i}", Said($"{i}"));
        }

        Assert.Equal("63", (await WaitAsync("c63")).Text);

        // the one too many was let go of, and now there is a place
        answers.Answer("c64", Said("again"));
        Assert.Equal("again", (await WaitAsync("c64")).Text);

        Task<ToolOutcome> WaitAsync(string id) => answers.WaitAsync(id, "show_map", TimeSpan.FromMinutes(1), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_is_held_is_bounded_in_size_too_and_let_go_of_at_the_end_of_the_run()
    {
        var answers = new ClientToolAnswers();
        var large = new string('x', 300 * 1024);
        answers.Answer("c1", Said(large));
        answers.Answer("c2", Said(large));
        Assert.Equal(large, (await WaitAsync("c1", TimeProvider.System)).Text);

        // only now there is room
        answers.Answer("c2", Said("later"));
        Assert.Equal("later", (await WaitAsync("c2", TimeProvider.System)).Text);

        answers.Answer("c3", Said("held"));
        answers.Close();
        answers.Answer("c4", Said("late"));
        foreach (var call in new[] { "c3", "c4" })
        {
            var waiting = WaitAsync(call, _time);
            _time.Advance(TimeSpan.FromMinutes(1));
            Assert.NotNull((await waiting).Error);
        }

        Task<ToolOutcome> WaitAsync(string id, TimeProvider time) => answers.WaitAsync(id, "show_map", TimeSpan.FromMinutes(1), time, TestContext.Current.CancellationToken);
    }

    private static ToolOutcome Said(string text) => new(JsonSerializer.SerializeToElement(text), null);

    private static AgentTask Task() => new() { RunId = Guid.Empty, ThreadId = "t", UserId = "ada", Messages = [User("go")], ClientTools = [Map] };
}
