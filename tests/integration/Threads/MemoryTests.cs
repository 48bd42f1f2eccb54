using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using StreamChat.IntegrationTests.Dialects;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Databases;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Waiting;
using static StreamChat.IntegrationTests.Runs.ScriptedModel;

namespace StreamChat.IntegrationTests.Threads;

/// <summary>What the model knows of what was said before.</summary>
public sealed class MemoryTests(RabbitMqServer broker, PostgresServer postgres)
{
    [Theory]
    [InlineData("Sqlite")]
    [InlineData("Postgres")]
    public async Task A_thread_outlives_the_connection_and_every_process(string provider)
    {
        using var folder = new TemporaryFolder();
        (string, string)[] store =
        [
            ("Store:Provider", provider),
            ("Store:ConnectionString", provider == "Postgres" ? await postgres.CreateDatabaseAsync() : $"Data Source={folder.File("kept.db")}"),
        ];
        var host = await broker.CreateVirtualHostAsync();
        await using (var service = await WholeService.StartAsync(host, Scripts.Recall, null, null, store))
        {
            await using (var client = await service.ConnectAsync())
            {
                await client.RunAsync("I am Ada", threadId: "t");
            }

            await using var again = await service.ConnectAsync();
            Assert.Equal("heard: I am Ada|heard: I am Ada|and who am I?", (await again.RunAsync("and who am I?", threadId: "t")).Text);
        }

        await using var restarted = await WholeService.StartAsync(host, Scripts.Recall, null, null, store);
        await using var later = await restarted.ConnectAsync();
        Assert.StartsWith("heard: I am Ada|heard: I am Ada|and who am I?|", (await later.RunAsync("still there?", threadId: "t")).Text, StringComparison.Ordinal);
        using var http = new ThreadHttp(restarted.Address);
        Assert.Equal(6, (await http.MessagesAsync("t")).Count);
        Assert.Equal("I am Ada", (await http.GetAsync("/api/v1/threads")).GetProperty("threads")[0].GetProperty("title").GetString());
    }

    [Fact]
    public async Task The_model_is_shown_what_fits_and_always_the_new_message()
    {
        await using var service = await StartAsync(Count, ("Limits:Run:HistoryTokens", "300"));
        await using var client = await service.ConnectAsync();
        for (var i = 0; i < 10; i++)
        {
            await client.RunAsync($"{i} {new string('x', 200)}", threadId: "t");
        }

        // each turn is about 65 tokens: four fit beside the new one
        Assert.Equal("6 7 8 9 new", (await client.RunAsync("new", threadId: "t")).Text);
        Assert.Equal("long", (await client.RunAsync($"long {new string('y', 4000)}", threadId: "t")).Text);
        Assert.Equal(24, await service.CountAsync("messages"));

        static async IAsyncEnumerable<ChatResponseUpdate> Count(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            yield return Text(string.Join(' ', messages.Where(m => m.Role == ChatRole.User).Select(m => m.Text.Split(' ')[0])));
        }
    }

    [Fact]
    public async Task Older_turns_are_summarised_after_a_run_and_a_summary_that_fails_costs_nothing_else()
    {
        var (failing, failures) = (true, 0);
        await using var service = await StartAsync(Script, ("Limits:Run:HistoryTokens", "300"), ("Memory:Older", "Summarise"));
        await using var client = await service.ConnectAsync();
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal("RUN_FINISHED", (await client.RunAsync($"{i} {new string('x', 200)}", threadId: "t")).End);
        }

        // the fourth turn is the first that is too much; a summary that came after the switch would not fail
        await Eventually.TrueAsync(() => Volatile.Read(ref failures) == 1);
        Assert.Equal(0, await service.QueryAsync("select count(*) from threads where summary is not null"));
        failing = false;
        await client.RunAsync($"4 {new string('x', 200)}", threadId: "t");
        await Eventually.GetAsync(() => service.QueryAsync("select summary_position from threads"), position => position > 0);
        var shown = (await client.RunAsync("new", threadId: "t")).Text;
        Assert.StartsWith("Summary of the conversation so far: in short: 0 1", shown, StringComparison.Ordinal);
        Assert.EndsWith("|3|4|new", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("|0|", shown, StringComparison.Ordinal);

        // people read all of it
        using var http = new ThreadHttp(service.Address);
        Assert.Equal(12, (await http.MessagesAsync("t")).Count);

        async IAsyncEnumerable<ChatResponseUpdate> Script(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (messages[0].Text.StartsWith("Summarise", StringComparison.Ordinal))
            {
                if (failing)
                {
                    Interlocked.Increment(ref failures);
                    throw new InvalidOperationException("no");
                }

                var asked = messages[1].Text.Split('\n').Where(l => l.StartsWith("user: ", StringComparison.Ordinal)).Select(l => l["user: ".Length..].Split(' ')[0]);
                yield return Text($"in short: {string.Join(' ', asked)}");
                yield break;
            }

            var shown = messages.Skip(1).Where(m => m.Role != ChatRole.Assistant);
            yield return Text(string.Join('|', shown.Select(m => m.Role == ChatRole.System ? m.Text : m.Text.Split(' ')[0])));
        }
    }

    private async Task<WholeService> StartAsync(
        Func<IReadOnlyList<ChatMessage>, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> script, params (string Key, string Value)[] settings) =>
        await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), script, null, null, settings);
}
