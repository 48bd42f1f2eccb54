using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Sockets;
using StreamChat.ToolWorker.Tools;
using static StreamChat.IntegrationTests.Runs.ScriptedModel;

namespace StreamChat.IntegrationTests.Threads;

/// <summary>A run whose worker goes while tools are called, with a model that makes new ids for its calls each time it is asked.</summary>
public sealed class JournalTests(RabbitMqServer broker)
{
    private int _effects;
    private int _asked;
    private volatile bool _mayEnd;

    [Fact]
    public async Task Who_takes_a_run_over_goes_on_with_the_same_calls_and_their_effect_is_had_once()
    {
        using var folder = new TemporaryFolder();
        var host = await broker.CreateVirtualHostAsync();
        (string, string)[] settings = [("Store:ConnectionString", $"Data Source={folder.File("shared.db")}"), ("Agents:Team:weather:Tools:0", "*")];
        Guid runId;
        Transcript before;
        await using (var one = await WholeService.StartAsync(host, Script, [Charge()], null, settings))
        {
            await using var client = await one.ConnectAsync();
            before = new Transcript(runId = await client.StartAsync("charge me", threadId: "t"));
            await client.ReadUntilAsync(before, () => before.ToolCalls is [{ Result: not null }]);
        }

        Assert.Equal(("charged 1", 1), (before.ToolCalls[0].Result, _effects));
        _mayEnd = true;
        await using var two = await WholeService.StartAsync(host, Script, [Charge()], null, settings);
        await using var again = await two.ConnectAsync();
        await again.SendAsync($$"""{"type":"attach","runId":"{{runId}}","afterSeq":{{before.LastSeq}}}""");
        var after = new Transcript(runId, asked: false, afterSeq: before.LastSeq);
        await again.ReadToEndAsync(after);

        Assert.Equal((2, "RUN_FINISHED"), (after.Attempt, after.End));
        Assert.Equal("Let me see. charged 1", after.Text);
        Assert.Equal((before.ToolCalls[0].Id, "charged 1", false), (after.ToolCalls[0].Id, after.ToolCalls[0].Result, after.ToolCalls[0].IsError));
        Assert.Equal(
            [
                "RUN_STARTED", "STEP_STARTED", "STEP_FINISHED", "CUSTOM", "STEP_STARTED", "TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END",
                "TOOL_CALL_START", "TOOL_CALL_ARGS", "TOOL_CALL_END", "TOOL_CALL_RESULT",
                "TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END", "STEP_FINISHED", "RUN_FINISHED",
            ],
            after.Types.SkipWhile(t => t != "RUN_STARTED"));
        Assert.Equal(1, _effects);

        // twice in the first attempt before the tool, and not again
        Assert.Equal(2, _asked);
        using var http = new ThreadHttp(two.Address);
        var messages = await http.MessagesAsync("t");
        Assert.Equal(["user", "assistant", "tool", "assistant", "tool", "assistant"], messages.Select(m => m.GetProperty("role").GetString()));
        Assert.Equal("Weather Agent", messages[5].GetProperty("agent").GetString());
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task Only_calls_that_must_not_be_repeated_are_written_down_before_they_are_made(bool safe, int written)
    {
        WholeService? service = null;
        long found = -1;
        var tool = new Tool(AIFunctionFactory.Create(LookAsync, "work", "For the test."), TimeSpan.FromSeconds(20), safe);
        await using var running = service = await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), Work, [tool]);
        await using var client = await service.ConnectAsync();
        Assert.Equal("done", (await client.RunAsync("go")).Text);
        Assert.Equal(written, found);
        Assert.Equal(0, await service.QueryAsync("select count(*) from runs where journal is not null"));

        async IAsyncEnumerable<ChatResponseUpdate> Work(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (!messages.Any(m => m.Role == ChatRole.Tool))
            {
                yield return Call("c1", "work");
                yield break;
            }

            // the results are there: they are written down whatever the tool
            Assert.Equal(1, await service!.QueryAsync("select count(*) from runs where journal is not null"));
            yield return Text("done");
        }

        async Task<string> LookAsync()
        {
            found = await service!.QueryAsync("select count(*) from runs where journal is not null");
            return "fine";
        }
    }

    private Tool Charge() => new(
        AIFunctionFactory.Create(() => $"charged {Interlocked.Increment(ref _effects)}", "charge", "Takes money."), TimeSpan.FromSeconds(20), SafeToRepeat: false);

    private async IAsyncEnumerable<ChatResponseUpdate> Script(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        var results = messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Select(r => r.Result?.ToString() ?? "").ToList();
        if (results.Find(r => r.StartsWith("charged", StringComparison.Ordinal)) is { } result)
        {
            while (!_mayEnd)
            {
                // until the worker goes
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            yield return Text(result);
            yield break;
        }

        Interlocked.Increment(ref _asked);
        if (results.Count == 0)
        {
            yield return Call(Guid.CreateVersion7().ToString("N"), "transfer_to_weather");
        }
        else
        {
            yield return Text("Let me see. ");
            yield return Call(Guid.CreateVersion7().ToString("N"), "charge");
        }
    }
}
