using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.AgentWorker.Agents;
using StreamChat.Contracts.Events;
using static StreamChat.UnitTests.AgentWorker.Agents.AgentRun;

namespace StreamChat.UnitTests.AgentWorker.Agents.Context;

/// <summary>The thread's context in a run: from the store and the client, to the model, to tools and to clients.</summary>
public sealed class TurnContextTests
{
    private readonly AgentRun _run = new();

    [Fact]
    public async Task Without_any_nothing_is_said_of_it()
    {
        await ExecuteAsync(Task(), [Text("Hello.")]);
        Assert.DoesNotContain(_run.Events, e => e is StateSnapshot or StateDelta);
        Assert.DoesNotContain("# Known", _run.Asked[0].System, StringComparison.Ordinal);
        Assert.Null(_run.Transcript.Context);
    }

    [Fact]
    public async Task What_is_stored_is_said_first_and_shown_to_the_model_and_to_tools_and_stays_as_it_is()
    {
        await ExecuteAsync(Task() with { ThreadContext = """{"city":"Köln"}""" }, [Call("c1", "calculator")], [Text("Hello.")]);
        Assert.IsType<StateSnapshot>(_run.Events[0]);
        Assert.Equal("""state {"city":"Köln"}""", _run.Story.First());
        Assert.All(_run.Asked, a => Assert.EndsWith("\n{\"city\":\"Köln\"}", a.System, StringComparison.Ordinal));
        Assert.Equal(["""{"city":"Köln"}"""], _run.Contexts);
        Assert.Null(_run.Transcript.Context);
    }

    [Fact]
    public async Task Tools_change_it_in_the_order_of_their_calls_and_the_next_ones_and_the_model_know()
    {
        _run.Returns["calculator"] = Changed("""{"city":"Rome","mood":"tired"}""");
        _run.Returns["current_time"] = Changed("""{"city":"Oslo","a/b":1}""");
        await ExecuteAsync(Task(), [Call("c1", "calculator"), Call("c2", "current_time")], [Call("c3", "calculator")], [Text("Done.")]);

        Assert.Equal(
            [
                """change [{"op":"add","path":"/mood","value":"tired"},{"op":"add","path":"/city","value":"Rome"}]""",
                """change [{"op":"replace","path":"/city","value":"Oslo"},{"op":"add","path":"/a~1b","value":1}]""",
                """change [{"op":"replace","path":"/city","value":"Rome"}]""",
            ],
            _run.Story.Where(s => s.StartsWith("change", StringComparison.Ordinal)));
        Assert.Equal([null, null, """{"mood":"tired","city":"Oslo","a/b":1}"""], _run.Contexts);
        Assert.EndsWith("""{"mood":"tired","city":"Rome","a/b":1}""", _run.Asked[2].System, StringComparison.Ordinal);
        Assert.Equal("""{"mood":"tired","city":"Rome","a/b":1}""", _run.Transcript.Context);
    }

    [Fact]
    public async Task A_change_that_changes_nothing_is_not_said_and_one_of_a_failed_call_is_not_made()
    {
        _run.Returns["calculator"] = Changed("""{"city":"Rome"}""");
        _run.Returns["current_time"] = new ToolOutcome(null, "broken") { Context = JsonElement.Parse("""{"city":"Oslo"}""") };
        await ExecuteAsync(Task() with { ThreadContext = """{"city":"Rome"}""" }, [Call("c1", "calculator"), Call("c2", "current_time")], [Text("Done.")]);
        Assert.DoesNotContain(_run.Events, e => e is StateDelta);
        Assert.Null(_run.Transcript.Context);
    }

    [Fact]
    public async Task A_change_that_is_not_possible_is_a_tool_error_that_the_model_sees()
    {
        _run.Returns["calculator"] = Changed("""{"city":5}""");
        await ExecuteAsync(Task(), [Call("c1", "calculator")], [Text("Sorry.")]);
        var result = Assert.Single(_run.Events.OfType<ToolCallResult>());
        Assert.True(result.IsError);
        Assert.Equal("What is known of the user was not changed: 'city' is text.", result.Content);
        Assert.Contains("'city' is text", _run.Asked[1].Messages[^1].Contents.OfType<FunctionResultContent>().Single().Result!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_run.Events, e => e is StateDelta);
    }

    [Fact]
    public async Task Taking_all_away_leaves_an_empty_context()
    {
        _run.Returns["calculator"] = Changed("""{"city":null}""");
        await ExecuteAsync(Task() with { ThreadContext = """{"city":"Rome"}""" }, [Call("c1", "calculator")], [Text("Done.")]);
        Assert.Equal("{}", _run.Transcript.Context);
        Assert.DoesNotContain("# Known", _run.Asked[1].System, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"city":"Oslo","mood":"glad"}""", """state {"mood":"glad","city":"Oslo","x":1}""", """{"mood":"glad","city":"Oslo","x":1}""")]
    [InlineData("""{"city":null}""", """state {"x":1}""", """{"x":1}""")]
    [InlineData("""{"city":"Rome"}""", """state {"city":"Rome","x":1}""", null)]
    [InlineData("""{"city":5,"diet":"vegan"}""", """state {"city":"Rome","diet":"vegan","x":1}""", """{"city":"Rome","diet":"vegan","x":1}""")]
    [InlineData("""["city"]""", """state {"city":"Rome","x":1}""", null)]
    [InlineData("\"Oslo\"", """state {"city":"Rome","x":1}""", null)]
    public async Task The_clients_state_goes_over_what_is_stored_as_far_as_it_is_possible(string state, string said, string? stored)
    {
        await ExecuteAsync(Task() with { ThreadContext = """{"city":"Rome","x":1}""", State = JsonElement.Parse(state) }, [Text("Hello.")]);
        Assert.Equal(said, _run.Story.First());
        Assert.Equal(stored, _run.Transcript.Context);
    }

    private static ToolOutcome Changed(string patch) => new(JsonElement.Parse("\"done\""), null) { Context = JsonElement.Parse(patch) };

    private static AgentTask Task() => new() { RunId = Guid.Empty, ThreadId = "t", UserId = "ada", Messages = [User("go")] };

    private Task ExecuteAsync(AgentTask task, params AIContent[][] answers) => _run.ExecuteAsync(task, [], answers);
}
