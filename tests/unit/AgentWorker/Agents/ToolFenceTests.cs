using StreamChat.AgentWorker.Agents;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;
using static StreamChat.UnitTests.AgentWorker.Agents.AgentRun;

namespace StreamChat.UnitTests.AgentWorker.Agents;

/// <summary><c>Agents:Team:{id}:Tools</c> is a fence: whatever name a model invents, no agent reaches a tool that its list does not name.</summary>
public sealed class ToolFenceTests
{
    private static readonly (string Key, string? Value)[] TwoAgents =
    [
        ("Agents:Team:weather:Tools:0", "weather"), ("Agents:Team:news:Tools:0", "*"), ("Agents:Team:weather:HandOffs:0", "news"), ("Agents:Team:weather:HandOffs:1", "triage"),
    ];

    private readonly AgentRun _run = new() { Offered = ["calculator", "weather", "files_delete_file"] };

    [Theory]
    [InlineData("files_delete_file")]
    [InlineData("FILES_DELETE_FILE")]
    [InlineData("files_delete_file ")]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("calculator,files_delete_file")]
    public async Task A_name_that_the_list_lacks_reaches_nothing(string invented)
    {
        await _run.ExecuteAsync(Task("Weather Agent"), TwoAgents, [Call("c1", invented)], [Text("Sorry.")]);
        Assert.Empty(_run.Called);
        Assert.Contains($"result Tool not found: {invented}", _run.Story);
        Assert.True(_run.Events.OfType<ToolCallResult>().Single().IsError);
    }

    [Fact]
    public async Task What_an_agent_could_reach_is_out_of_reach_for_the_one_that_takes_over()
    {
        await _run.ExecuteAsync(
            Task("News Agent"), TwoAgents,
            [Call("c1", "files_delete_file")], [Call("c2", "transfer_to_triage")], [Call("c3", "files_delete_file")], [Text("Sorry.")]);

        Assert.Equal(["News Agent", "Triage Agent"], _run.Agents);
        Assert.Equal(["files_delete_file"], _run.Called);
        Assert.Equal("Tool not found: files_delete_file", _run.Events.OfType<ToolCallResult>().Single(r => r.ToolCallId == "c3").Content);
    }

    [Fact]
    public async Task A_call_beside_a_hand_off_is_the_first_agents_not_the_next_ones()
    {
        await _run.ExecuteAsync(Task("Weather Agent"), TwoAgents, [Call("c1", "transfer_to_news"), Call("c2", "files_delete_file")], [Text("News.")]);
        Assert.Equal(["Weather Agent", "News Agent"], _run.Agents);
        Assert.Empty(_run.Called);
    }

    [Fact]
    public async Task Without_tools_no_agent_reaches_any_also_after_a_hand_off()
    {
        await _run.ExecuteAsync(
            Task("Weather Agent") with { UseTools = false, ClientTools = [Tool("show_map")] }, TwoAgents,
            [Call("c1", "weather"), Call("c2", "show_map")], [Call("c3", "transfer_to_news")], [Call("c4", "files_delete_file")], [Text("Sorry.")]);
        Assert.Equal(["Weather Agent", "News Agent"], _run.Agents);
        Assert.Empty(_run.Called);
        Assert.All(_run.Events.OfType<ToolCallResult>(), r => Assert.True(r.IsError));
    }

    [Fact]
    public async Task A_clients_tool_with_the_name_of_a_servers_opens_no_way_to_it_and_does_not_stand_in_for_it()
    {
        // if the client were asked, the run would wait for an answer that is there already
        var task = Task("Weather Agent") with { ClientTools = [Tool("files_delete_file"), Tool("weather"), Tool("transfer_to_news")] };
        task.ClientAnswers.Answer("c1", new ToolOutcome(null, "the client's"));
        task.ClientAnswers.Answer("c2", new ToolOutcome(null, "the client's"));
        await _run.ExecuteAsync(task, TwoAgents, [Call("c1", "files_delete_file"), Call("c2", "weather")], [Text("Done.")]);

        Assert.Equal(["weather"], _run.Called);
        Assert.Equal(["weather", "transfer_to_triage", "transfer_to_news"], _run.Asked[0].Tools);
        Assert.Equal(["Tool not found: files_delete_file", "done"], _run.Events.OfType<ToolCallResult>().OrderBy(r => r.ToolCallId, StringComparer.Ordinal).Select(r => r.Content));
    }

    [Fact]
    public async Task A_clients_tool_that_nobody_else_offers_goes_to_the_client_and_never_to_the_tool_workers()
    {
        var task = Task("News Agent") with { ClientTools = [Tool("files_move_file")] };
        task.ClientAnswers.Answer("c1", new ToolOutcome(null, "the client's"));
        await _run.ExecuteAsync(task, TwoAgents, [Call("c1", "files_move_file")], [Text("Done.")]);
        Assert.Empty(_run.Called);
        Assert.Equal("the client's", _run.Events.OfType<ToolCallResult>().Single().Content);
    }

    [Theory]
    [InlineData("transfer_to_health")]
    [InlineData("Transfer_to_health")]
    [InlineData("transfer_to_nobody")]
    public async Task A_tool_that_is_announced_under_the_name_of_a_hand_off_is_neither_offered_nor_called(string name)
    {
        var run = new AgentRun { Offered = ["calculator", name] };
        await run.ExecuteAsync(Task("News Agent"), TwoAgents, [Call("c1", name)], [Text("Sorry.")]);
        Assert.Empty(run.Called);
        Assert.DoesNotContain(name, run.Asked[0].Tools);
        Assert.Equal(["News Agent"], run.Agents);
    }

    private static AgentTask Task(string agent) => new()
    {
        RunId = Guid.CreateVersion7(),
        ThreadId = "thread",
        UserId = "ada",
        Messages = [User("go")],
        Agent = agent,
    };

    private static ClientTool Tool(string name) => new() { Name = name, Description = "For the test." };
}
