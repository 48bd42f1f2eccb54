using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Sockets;
using StreamChat.ToolWorker.Tools;
using static StreamChat.IntegrationTests.Runs.ScriptedModel;

namespace StreamChat.IntegrationTests.Runs;

/// <summary>A worker stops in the middle of an answer; the next one goes on with it.</summary>
public sealed class TakeOverTests(RabbitMqServer broker) : IDisposable
{
    private static readonly string[] Words = ["one ", "two ", "three ", "four ", "five"];

    private readonly TemporaryFolder _folder = new();
    private readonly List<IReadOnlyList<ChatMessage>> _asked = [];
    private int _calls;
    private volatile bool _mayEnd;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_model_that_can_goes_on_behind_what_was_written_down()
    {
        var (before, after, messages) = await RunTwiceAsync(continuesPrefix: true);

        // what the first model had said is said again, the rest by the second
        Assert.Equal("one two three ", before.Text);
        Assert.Equal("one two three four five", after.Text);
        Assert.Equal((2, "RUN_FINISHED"), (after.Attempt, after.End));
        Assert.Equal("one two three", _asked[^1][^1].Text);
        Assert.Equal(ChatRole.Assistant, _asked[^1][^1].Role);
        Assert.Equal(["go", "", "looked up", "one two three four five"], messages);
    }

    [Fact]
    public async Task A_model_that_cannot_begins_its_reply_anew_and_no_tool_is_called_again()
    {
        var (before, after, messages) = await RunTwiceAsync(continuesPrefix: false);

        Assert.Equal("one two three ", before.Text);
        Assert.Equal("one two three four five", after.Text);
        Assert.Equal((2, "RUN_FINISHED"), (after.Attempt, after.End));
        Assert.Equal(ChatRole.Tool, _asked[^1][^1].Role);
        Assert.Equal(["go", "", "looked up", "one two three four five"], messages);
    }

    private async Task<(Transcript Before, Transcript After, List<string?> Stored)> RunTwiceAsync(bool continuesPrefix)
    {
        var host = await broker.CreateVirtualHostAsync();
        Tool[] tools = [new Tool(AIFunctionFactory.Create(LookUp, "look_up", "For the test."), TimeSpan.FromSeconds(20), SafeToRepeat: true)];
        Transcript before;
        await using (var one = await StartAsync())
        {
            await using var client = await one.ConnectAsync();
            before = new Transcript(await client.StartAsync("go", threadId: "t"));
            await client.ReadUntilAsync(before, () => before.Text.EndsWith("three ", StringComparison.Ordinal));
        }

        _mayEnd = true;
        await using var two = await StartAsync();
        await using var again = await two.ConnectAsync();
        await again.SendAsync($$"""{"type":"attach","runId":"{{before.RunId}}","afterSeq":{{before.LastSeq}}}""");
        var after = new Transcript(before.RunId, asked: false, afterSeq: before.LastSeq);
        await again.ReadToEndAsync(after);

        // asked twice in the first attempt, and once in the second; the tool had been answered
        Assert.Equal((3, 1), (_asked.Count, _calls));
        Assert.Equal("looked up", Assert.Single(after.ToolCalls).Result);
        Assert.Equal(0, await WholeService.QueryAsync("select count(*) from run_texts", _folder.File("shared.db")));
        using var http = new Threads.ThreadHttp(two.Address);
        return (before, after, [.. (await http.MessagesAsync("t")).Select(m => m.GetProperty("content").GetString())]);

        Task<WholeService> StartAsync() => WholeService.StartAsync(
            host, new ScriptedModel(Script, continuesPrefix), tools, store: null, NullLoggerFactory.Instance, ("Store:ConnectionString", $"Data Source={_folder.File("shared.db")}"));
    }

    private string LookUp()
    {
        Interlocked.Increment(ref _calls);
        return "looked up";
    }

    private async IAsyncEnumerable<ChatResponseUpdate> Script(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        _asked.Add(messages);
        if (!messages.Any(m => m.Role == ChatRole.Tool))
        {
            yield return Call("c1", "look_up");
            yield break;
        }

        var said = messages[^1].Role == ChatRole.Assistant ? messages[^1].Text.Split(' ').Length : 0;
        for (var i = said; i < Words.Length; i++)
        {
            if (i == 3 && !_mayEnd)
            {
                // until the worker stops
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            yield return Text(i == said && i > 0 ? $" {Words[i]}" : Words[i]);
        }
    }
}
