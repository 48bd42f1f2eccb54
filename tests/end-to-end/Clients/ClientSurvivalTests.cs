using StreamChat.EndToEndTests.Distributed;
using StreamChat.TestSupport.Processes;

namespace StreamChat.EndToEndTests.Clients;

/// <summary>The tests that may kill what they like of a stack of their own.</summary>
[CollectionDefinition(nameof(ClientCollection))]
public sealed class ClientCollection : ICollectionFixture<DistributedStack>;

/// <summary>Both clients against real processes that are killed under them: what they show is what the model said, each word once.</summary>
[Collection(nameof(ClientCollection))]
public sealed class ClientSurvivalTests(DistributedStack stack)
{
    private const int Tokens = 400;
    private const string Load = "/load 400 100";

    /// <summary>The clients, by the language that they are written in.</summary>
    public enum Language
    {
        CSharp,
        JavaScript,
    }

    [Theory]
    [InlineData(Language.CSharp)]
    [InlineData(Language.JavaScript)]
    public async Task A_gateway_killed_in_the_midst_of_answers_costs_no_word(Language language)
    {
        await using var client = Start(language, new ClientTask(stack.Edge.BaseAddress, $"kill-{language}") { Runs = 6, Text = Load });
        await client.ReadyAsync();
        await client.SeenAsync(40);
        await stack.KillGatewayAsync(client.FirstGateway);
        AssertWhole(await client.EndAsync(), 6);
        Assert.True(client.WasLost);
    }

    [Theory]
    [InlineData(Language.CSharp)]
    [InlineData(Language.JavaScript)]
    public async Task A_worker_killed_in_the_midst_of_answers_costs_no_word(Language language)
    {
        // as many workers to die as stay, so that both kinds get runs
        ServiceProcess[] victims = [stack.Start("agent-worker"), stack.Start("agent-worker")];
        await Task.WhenAll(victims.Select(v => v.WaitUntilReadyAsync()));
        await using var client = Start(language, new ClientTask(stack.Edge.BaseAddress, $"worker-{language}") { Runs = 8, Text = Load });
        await client.ReadyAsync();
        await client.SeenAsync(40);
        await Task.WhenAll(victims.Select(v => v.KillAsync()));
        AssertWhole(await client.EndAsync(), 8);
    }

    [Theory]
    [InlineData(Language.CSharp)]
    [InlineData(Language.JavaScript)]
    public async Task Gateway_and_workers_killed_together_cost_no_word(Language language)
    {
        ServiceProcess[] victims = [stack.Start("agent-worker"), stack.Start("agent-worker")];
        await Task.WhenAll(victims.Select(v => v.WaitUntilReadyAsync()));
        await using var client = Start(language, new ClientTask(stack.Edge.BaseAddress, $"both-{language}") { Runs = 8, Text = Load });
        await client.ReadyAsync();
        await client.SeenAsync(40);
        await Task.WhenAll([stack.KillGatewayAsync(client.FirstGateway), .. victims.Select(v => v.KillAsync())]);
        AssertWhole(await client.EndAsync(), 8);
        Assert.True(client.WasLost);
    }

    [Theory]
    [InlineData(Language.CSharp)]
    [InlineData(Language.JavaScript)]
    public async Task A_cancel_while_there_is_no_connection_stops_the_model(Language language)
    {
        await using var client = Start(
            language, new ClientTask(stack.Edge.BaseAddress, $"cancel-{language}") { Runs = 1, Text = "/load 100000 100", CancelWhenLost = true });
        await client.ReadyAsync();
        await client.SeenAsync(40);
        await stack.KillGatewayAsync(client.FirstGateway);
        var run = Assert.Single(await client.EndAsync());
        Assert.Equal("cancelled", run.State);
        Assert.Equal(run.Text, run.Shown);
        var numbers = run.Numbers.ToList();
        Assert.InRange(numbers.Count, 40, 10_000);
        Assert.Equal(Enumerable.Range(1, numbers.Count), numbers);
    }

    [Theory]
    [InlineData(Language.CSharp, Language.JavaScript)]
    [InlineData(Language.JavaScript, Language.CSharp)]
    public async Task A_second_device_sees_a_run_from_its_beginning_while_gateways_die(Language first, Language second)
    {
        var userId = $"devices-{first}";

        // slow enough that the second client, a process that only starts now, is still watching when its gateway dies
        await using var asking = Start(first, new ClientTask(stack.Edge.BaseAddress, userId) { Runs = 1, Text = $"/load {Tokens} 40" });
        await asking.ReadyAsync();
        var runId = Assert.Single(await asking.SeenAsync(40));
        await using var watching = Start(second, new ClientTask(stack.Edge.BaseAddress, userId) { AttachTo = runId });
        await watching.ReadyAsync();
        await watching.SeenAsync(60);
        await stack.KillGatewayAsync(watching.FirstGateway);
        AssertWhole([.. await asking.EndAsync(), .. await watching.EndAsync()], 2);
        Assert.True(watching.WasLost);
    }

    [Theory]
    [InlineData(Language.CSharp, Language.JavaScript)]
    [InlineData(Language.JavaScript, Language.CSharp)]
    public async Task A_joined_thread_is_seen_from_another_gateway_also_after_that_was_killed(Language first, Language second)
    {
        var userId = $"room-{first}";
        var threadId = $"thread-{Guid.CreateVersion7()}";
        var there = stack.Gateways[1];
        await using var watching = Start(second, new ClientTask(there.BaseAddress, userId) { Joins = threadId });
        await watching.ReadyAsync();
        await using var asking = Start(first, new ClientTask(stack.Gateways[0].BaseAddress, userId) { Runs = 1, Text = Load, ThreadId = threadId });
        await asking.ReadyAsync();
        Assert.NotEqual(asking.FirstGateway, watching.FirstGateway);
        await watching.SeenAsync(40);
        await there.KillAsync();
        await stack.ReplaceAsync(there);
        AssertWhole([.. await asking.EndAsync(), .. await watching.EndAsync()], 2);
        Assert.True(watching.WasLost);
        Assert.False(asking.WasLost);
    }

    private static IClientUnderTest Start(Language language, ClientTask task) =>
        language == Language.CSharp ? DotNetClient.Start(task) : JavaScriptClient.Start(task);

    private static void AssertWhole(IReadOnlyList<SeenRun> runs, int count)
    {
        Assert.Equal(count, runs.Count);
        Assert.All(runs, run =>
        {
            Assert.Equal("finished", run.State);
            Assert.Equal(run.Text, run.Shown);
            Assert.Equal(Enumerable.Range(1, Tokens), run.Numbers);
        });
    }
}
