using MassTransit;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Bus;
using StreamChat.IntegrationTests.Bus;
using StreamChat.IntegrationTests.Runs;
using StreamChat.IntegrationTests.Storage;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Databases;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Waiting;
using StreamChat.ToolWorker.Tools.Ledger;

namespace StreamChat.IntegrationTests.Tools;

/// <summary>Calls that are delivered more than once, over a real broker, and tool-workers that die in them.</summary>
public sealed class RepeatedCallTests(RabbitMqServer broker, PostgresServer postgres)
{
    private int _effects;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_that_is_delivered_again_is_not_run_again_not_even_at_the_same_time()
    {
        TaskCompletionSource<string> end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var tool = OpenTools.Unsafe("pay", (_, _) =>
        {
            Interlocked.Increment(ref _effects);
            return end.Task;
        });
        await using var service = await WholeService.StartAsync(await broker.CreateVirtualHostAsync(), (_, _) => Never(), [tool]);
        await using var scope = service.Services.CreateAsyncScope();
        var client = scope.ServiceProvider.GetRequiredService<IRequestClient<CallTool>>();
        var call = OpenTools.Call("pay", """{"text":"ten"}""");
        var answers = Enumerable.Range(0, 5).Select(_ => client.GetResponse<ToolResult>(call, Token)).ToList();
        await Eventually.TrueAsync(() => Volatile.Read(ref _effects) == 1);
        Assert.DoesNotContain(answers, a => a.IsCompleted);
        end.SetResult("paid");
        Assert.All(await Task.WhenAll(answers), a => Assert.Equal("\"paid\"", a.Message.Result?.GetRawText()));
        Assert.Equal("\"paid\"", (await client.GetResponse<ToolResult>(call, Token)).Message.Result?.GetRawText());
        Assert.Equal(1, _effects);
    }

    [Fact]
    public async Task A_call_whose_worker_died_in_it_is_an_error_that_the_model_sees_and_the_run_goes_on()
    {
        var tool = OpenTools.Unsafe("pay", (_, _) => Task.FromResult($"paid {Interlocked.Increment(ref _effects)}"));
        await using var service = await WholeService.StartAsync(
            await broker.CreateVirtualHostAsync(),
            (messages, _) => messages[^1].Contents.OfType<FunctionResultContent>().SingleOrDefault() is { } result
                ? Once(ScriptedModel.Text($"I saw: {result.Result}"))
                : Once(ScriptedModel.Call("c1", "pay", ("text", "ten"))),
            [tool]);
        await using var client = await service.ConnectAsync();
        var runId = Guid.CreateVersion7();
        var key = CallKey.Of(OpenTools.Call("pay", """{"text":"ten"}""", "ada", "c1", runId));
        await service.QueryAsync($"""
            insert into tool_calls (run_id, tool_call_id, fingerprint, worker_id, started_at, alive_until, completed)
            values ('{key.RunId}', '{key.ToolCallId}', '{key.Fingerprint}', 'dead', {DateTimeOffset.UnixEpoch.AddYears(70).ToUnixTimeMilliseconds()}, 1, false)
            returning 1
            """);
        var run = await client.RunAsync("go", runId: runId);
        Assert.Equal("RUN_FINISHED", run.End);
        Assert.True(Assert.Single(run.ToolCalls).IsError);
        Assert.StartsWith("I saw: Error: This was begun before and cut off.", run.Text, StringComparison.Ordinal);
        Assert.Equal(0, _effects);

        // the next call is another one
        Assert.Equal("I saw: paid 1", (await client.RunAsync("go")).Text);
    }

    [Fact]
    public async Task A_tool_worker_killed_while_it_writes_has_written_nothing_and_another_writes_it_once()
    {
        var database = await postgres.CreateDatabaseAsync();
        var uri = await broker.CreateVirtualHostAsync();
        Dictionary<string, string?> settings = new()
        {
            ["Bus__Uri"] = uri.ToString(),
            ["Store__Provider"] = "Postgres",
            ["Store__ConnectionString"] = database,
            ["Store__Timeout"] = "00:00:30",
        };
        await using var first = await ServiceProcess.StartReadyAsync("tool-worker", settings);
        await using var caller = await BusHost.StartReadyAsync(uri, new CallingModule());
        await using var source = NpgsqlDataSource.Create(database);
        var call = OpenTools.Call("add_note", """{"text":"once"}""");
        var client = caller.Bus.CreateRequestClient<CallTool>(RequestTimeout.After(s: 60));
        Task<Response<ToolResult>> answer;

        // the worker is in the middle of its transaction as long as the table is locked
        await using (var connection = await source.OpenConnectionAsync(Token))
        {
            await using var transaction = await connection.BeginTransactionAsync(Token);
            await ExecuteAsync(connection, "lock table notes in access exclusive mode");
            answer = client.GetResponse<ToolResult>(call, Token);
            await Eventually.TrueAsync(async () => await CountAsync(source, "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()") > 0);
            await first.KillAsync();
            await transaction.RollbackAsync(Token);
        }

        await using var second = await ServiceProcess.StartReadyAsync("tool-worker", settings);
        Assert.Equal("""{"added":{"number":1,"text":"once"}}""", (await answer).Message.Result?.GetRawText());
        Assert.Equal("""{"added":{"number":1,"text":"once"}}""", (await client.GetResponse<ToolResult>(call, Token)).Message.Result?.GetRawText());
        Assert.Equal(1, await CountAsync(source, "select count(*) from notes"));
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Token);
    }

    private static async Task<long> CountAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Token))!;
    }

    private static IAsyncEnumerable<ChatResponseUpdate> Never() => throw new InvalidOperationException("Nobody asks the model.");

    private static async IAsyncEnumerable<ChatResponseUpdate> Once(ChatResponseUpdate update)
    {
        await Task.Yield();
        yield return update;
    }

    /// <summary>Calls tools, as an agent-worker does.</summary>
    private sealed class CallingModule : IBusModule
    {
        public void AddConsumers(IBusRegistrationConfigurator bus)
        {
        }

        public void ConfigureEndpoints(IBusRegistrationContext context, IBusFactoryConfigurator bus)
        {
        }
    }
}
