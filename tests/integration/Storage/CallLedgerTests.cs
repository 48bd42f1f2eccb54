using System.Text.Json;
using Dapper;
using StreamChat.TestSupport.Waiting;
using StreamChat.ToolWorker.Tools;
using StreamChat.ToolWorker.Tools.Ledger;
using static StreamChat.IntegrationTests.Storage.OpenTools;

namespace StreamChat.IntegrationTests.Storage;

/// <summary>What is promised of calls that must not be repeated, whatever the database.</summary>
public abstract class CallLedgerTests : ToolStoreTests
{
    private const string Unknown = "This was begun before and cut off. It is not known whether it took effect, so it was not repeated.";

    private int _effects;

    [Fact]
    public async Task A_call_delivered_again_is_answered_with_the_same_result_by_any_worker()
    {
        var (one, two) = (await OpenAsync(more: Counting()), await OpenAsync(more: Counting()));
        var call = Call("count", """{"text":"a"}""");
        var first = await one.InvokeAsync(call);
        Assert.Equal(("\"effect 1 ✓\"", """{"mood":"good"}"""), (first.Result!.Value.GetRawText(), first.Context!.Value.GetRawText()));
        foreach (var again in new[] { await one.InvokeAsync(call), await two.InvokeAsync(call) })
        {
            Assert.Equal(JsonSerializer.Serialize(first), JsonSerializer.Serialize(again));
        }

        Assert.Equal(1, _effects);
        Assert.Equal("\"effect 2 ✓\"", (await two.InvokeAsync(call with { ToolCallId = "call-2" })).Result!.Value.GetRawText());
        Assert.Equal("\"effect 3 ✓\"", (await two.InvokeAsync(call with { RunId = Guid.CreateVersion7() })).Result!.Value.GetRawText());
    }

    [Fact]
    public async Task What_a_tool_writes_here_and_the_record_of_the_call_are_one()
    {
        var call = Call("add_note", """{"text":"once"}""");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Tools.InvokeAsync(call)));
        Assert.All(answers, a => Assert.Equal("""{"added":{"number":1,"text":"once"}}""", a.Result?.GetRawText()));

        // a call that failed has written nothing, and may be tried again
        Tools.Limits.Notes = 1;
        var second = Call("add_note", """{"text":"twice"}""");
        Assert.NotNull((await Tools.InvokeAsync(second)).Error);
        Tools.Limits.Notes = 2;
        Assert.Null((await Tools.InvokeAsync(second)).Error);
        Assert.Contains("\"total\":2", await Tools.ResultAsync("notes"), StringComparison.Ordinal);
        Assert.Equal(2, await CountAsync("tool_calls"));
    }

    [Fact]
    public async Task The_id_of_a_call_stands_for_what_it_asked_and_who()
    {
        var tools = await OpenAsync(more: Counting());
        var call = Call("count", """{"text":"a"}""");
        await tools.InvokeAsync(call);
        foreach (var other in new[]
        {
            call with { Arguments = JsonElement.Parse("""{"text":"b"}""") },
            call with { Name = "add_note", Arguments = JsonElement.Parse("""{"text":"a"}""") },
            call with { UserId = "bob" },
        })
        {
            var answer = await tools.InvokeAsync(other);
            Assert.Equal("The id of this call was used for another call before, so it was not run.", answer.Error);
            Assert.Null(answer.Result);
        }

        Assert.Equal(1, _effects);
        Assert.Contains("\"total\":0", await tools.ResultAsync("notes"), StringComparison.Ordinal);
        Assert.Equal("The call needs an id of at most 200 plain characters.", (await tools.InvokeAsync(call with { ToolCallId = "nul\0" })).Error);
    }

    [Fact]
    public async Task A_failure_is_recorded_too()
    {
        var tools = await OpenAsync(more:
        [
            Unsafe("refuse", (_, _) => Interlocked.Increment(ref _effects) > 0 ? throw new ToolException("Not today.") : Task.FromResult("")),
            Unsafe("break", (_, _) => Interlocked.Increment(ref _effects) > 0 ? throw new InvalidOperationException("secret") : Task.FromResult("")),
        ]);
        var (refuse, fail) = (Call("refuse"), Call("break"));
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("Not today.", (await tools.InvokeAsync(refuse)).Error);
            Assert.Equal("The tool failed.", (await tools.InvokeAsync(fail)).Error);
        }

        Assert.Equal(2, _effects);
    }

    [Fact]
    public async Task A_second_delivery_waits_for_the_first_while_its_worker_lives()
    {
        TaskCompletionSource<string> end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        LedgerOptions ledger = new() { Lease = TimeSpan.FromSeconds(1) };
        var slow = Unsafe("slow", (_, _) =>
        {
            Interlocked.Increment(ref _effects);
            entered.SetResult();
            return end.Task;
        });
        var (one, two) = (await OpenAsync(ledger: ledger, more: slow), await OpenAsync(ledger: ledger, more: slow));
        var call = Call("slow");
        var first = one.InvokeAsync(call);
        await entered.Task.WaitAsync(Token);
        var second = two.InvokeAsync(call);

        // longer than the lease, which is renewed
        var before = await AliveUntilAsync();
        await Eventually.TrueAsync(async () =>
        {
            await one.Ledger.RenewAsync(Token);
            return await AliveUntilAsync() > before + 1500;
        });
        Assert.False(second.IsCompleted);
        end.SetResult("slow but sure");
        Assert.Equal("\"slow but sure\"", (await first).Result?.GetRawText());
        Assert.Equal("\"slow but sure\"", (await second).Result?.GetRawText());
        Assert.Equal(1, _effects);
        Assert.False(one.Ledger.IsBusy);
    }

    [Fact]
    public async Task A_call_whose_worker_died_in_it_is_not_repeated_and_says_so()
    {
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        LedgerOptions ledger = new() { Lease = TimeSpan.FromMilliseconds(600) };
        var hang = Unsafe("hang", async (_, token) =>
        {
            Interlocked.Increment(ref _effects);
            entered.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return "";
        });

        // nobody renews its lease: as good as dead
        var (dead, living) = (await OpenAsync(ledger: ledger, more: hang), await OpenAsync(ledger: ledger, more: hang));
        var call = Call("hang");
        using CancellationTokenSource stop = new();
        var first = dead.InvokeAsync(call, stop.Token);
        await entered.Task.WaitAsync(Token);
        Assert.Equal(Unknown, (await living.InvokeAsync(call)).Error);
        Assert.Equal(Unknown, (await living.InvokeAsync(call)).Error);
        Assert.Equal(1, _effects);

        await stop.CancelAsync();
        Assert.Equal("The tool was stopped before it answered. It is not known whether it took effect.", (await first).Error);
        Assert.Equal(Unknown, (await living.InvokeAsync(call)).Error);
    }

    [Fact]
    public async Task A_call_left_at_its_deadline_says_that_it_may_have_taken_effect_and_is_not_repeated()
    {
        LedgerOptions ledger = new() { Lease = TimeSpan.FromMilliseconds(300) };
        var tools = await OpenAsync(ledger: ledger, more: Unsafe(
            "hang",
            async (_, _) =>
            {
                Interlocked.Increment(ref _effects);
                return await new TaskCompletionSource<string>().Task;
            },
            TimeSpan.FromMilliseconds(400)));
        var call = Call("hang");
        Assert.Equal("The tool did not answer within 0.4 s. It is not known whether it took effect.", (await tools.InvokeAsync(call)).Error);
        Assert.Equal(Unknown, (await Eventually.GetAsync(() => tools.InvokeAsync(call), a => a.Error == Unknown)).Error);
        Assert.Equal(1, _effects);
    }

    [Fact]
    public async Task A_result_that_is_too_large_is_an_error_and_is_not_made_again()
    {
        var tools = await OpenAsync(more: Unsafe("large", (_, _) =>
        {
            Interlocked.Increment(ref _effects);
            return Task.FromResult(new string('x', 10_000_000));
        }));
        var call = Call("large");
        Assert.Contains("too large", (await tools.InvokeAsync(call)).Error, StringComparison.Ordinal);
        Assert.Contains("too large", (await tools.InvokeAsync(call)).Error, StringComparison.Ordinal);
        Assert.Equal(1, _effects);
    }

    [Fact]
    public async Task Records_are_removed_when_they_were_kept_long_enough()
    {
        LedgerOptions ledger = new() { KeepFor = TimeSpan.FromHours(1) };
        var tools = await OpenAsync(ledger: ledger, more: Counting());
        await tools.InvokeAsync(Call("count"));
        var later = await OpenAsync(TimeSpan.FromMinutes(59), ledger, Counting());
        Assert.False(await later.Ledger.CleanAsync(Token));
        Assert.Equal(1, await CountAsync("tool_calls"));
        later = await OpenAsync(TimeSpan.FromMinutes(61), ledger, Counting());
        await later.InvokeAsync(Call("count"));
        Assert.False(await later.Ledger.CleanAsync(Token));
        Assert.Equal(1, await CountAsync("tool_calls"));
    }

    [Fact]
    public async Task Safe_tools_are_not_recorded()
    {
        await Tools.ResultAsync("notes");
        await Tools.ResultAsync("todos");
        Assert.Equal(0, await CountAsync("tool_calls"));
    }

    [Fact]
    public async Task Without_the_database_what_must_be_recorded_is_not_begun()
    {
        // a store whose schema nobody has brought up to date is one that cannot be reached
        await using OpenTools down = new(Store, null, null, [.. Counting(), Unsafe("echo", (_, _) => Task.FromResult("echo")) with { SafeToRepeat = true }]);
        Assert.Equal("The database cannot be reached, so this was not done. Try again later.", (await down.InvokeAsync("count")).Error);
        Assert.Equal("The database cannot be reached, so this was not done. Try again later.", (await down.InvokeAsync("add_note", """{"text":"x"}""")).Error);
        Assert.Equal("The database cannot be reached. Try again later.", (await down.InvokeAsync("notes")).Error);
        Assert.Equal("\"echo\"", await down.ResultAsync("echo"));
        Assert.Equal(0, _effects);
    }

    private List<Tool> Counting() =>
    [
        Unsafe("count", (context, _) =>
        {
            context.Patch = JsonElement.Parse("""{"mood":"good"}""");
            return Task.FromResult($"effect {Interlocked.Increment(ref _effects)} ✓");
        }),
    ];

    private Task<long> CountAsync(string table) => QueryAsync($"select count(*) from {table}");

    private Task<long> AliveUntilAsync() => QueryAsync("select max(alive_until) from tool_calls");

    private Task<long> QueryAsync(string sql) => Tools.Transactions.RunAsync(
        async (transaction, token) => (await transaction.Connection.ExecuteScalarAsync<long>(transaction.Command(sql, null, token)), false), Token);
}
