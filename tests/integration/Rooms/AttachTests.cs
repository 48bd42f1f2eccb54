using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.IntegrationTests.Runs;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Cleanup;
using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Sockets;

namespace StreamChat.IntegrationTests.Rooms;

/// <summary>Seeing a run from another connection than the one that asked for it, at any time of its life.</summary>
public sealed class AttachTests(RabbitMqServer broker) : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DisposableStack _open = new();
    private Uri _virtualHost = null!;

    private static string Numbers => NumbersTo(200);

    public async ValueTask InitializeAsync() => _virtualHost = await broker.CreateVirtualHostAsync();

    public async ValueTask DisposeAsync()
    {
        _go.TrySetResult();
        await _open.DisposeAsync();

        _folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_whose_connection_died_goes_on_where_it_stood(bool sameGateway)
    {
        var one = await StartAsync();
        var two = sameGateway ? one : await StartAsync();
        var first = await one.ConnectAsync();
        var run = new Transcript(await first.StartAsync("count"));
        await first.ReadUntilAsync(run, () => run.Text == NumbersTo(20));
        await first.DisposeAsync();

        // it had shown only so much of what was sent
        var second = await ConnectAsync(two);
        await AttachAsync(second, run.RunId, run.LastSeq - 5);
        var rest = new Transcript(run.RunId, asked: false, afterSeq: run.LastSeq - 5);
        await second.ReadUntilAsync(rest, () => NumbersTo(15) + rest.Text == NumbersTo(20));
        _go.SetResult();
        await second.ReadToEndAsync(rest);
        Assert.Equal(("RUN_FINISHED", Numbers), (rest.End, NumbersTo(15) + rest.Text));
        Assert.Equal(1, rest.Attempt);
    }

    [Fact]
    public async Task An_answer_much_larger_than_a_connections_queue_is_replayed_whole_while_others_see_the_next_run()
    {
        const int Pieces = 4000;
        var piece = new string('x', 490);
        var service = _open.Add(await WholeService.StartAsync(
            _virtualHost, LongAsync, settings: [("Store:ConnectionString", $"Data Source={_folder.File("shared.db")}"), ("Limits:OutboundBytes", "65536"), ("Limits:MergeBytes", "4096"), ("Limits:Run:OutputTokens", "1000000")]));
        var asker = await ConnectAsync(service);
        var run = await asker.RunAsync("long");
        Assert.Equal(("RUN_FINISHED", Pieces * 500), (run.End, run.Text.Length));

        // unread at first: two megabytes wait for it in the log
        var late = await ConnectAsync(service);
        await AttachAsync(late, run.RunId, afterSeq: 0);
        Assert.Equal("RUN_FINISHED", (await asker.RunAsync("long")).End);
        var whole = new Transcript(run.RunId, asked: false);
        await late.ReadToEndAsync(whole);
        Assert.Equal((run.Text, run.LastSeq, "RUN_FINISHED"), (whole.Text, whole.LastSeq, whole.End));
        Assert.True(whole.Deltas < Pieces, "It is compacted.");
        await late.SendAsync("""{"type":"ping"}""");
        await late.ReceiveAsync("pong");

        async IAsyncEnumerable<ChatResponseUpdate> LongAsync(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            for (var i = 0; i < Pieces; i++)
            {
                yield return ScriptedModel.Text($"{i,9} {piece}");
            }
        }
    }

    [Fact]
    public async Task A_run_that_has_ended_is_replayed_from_its_log()
    {
        var one = await StartAsync();
        var two = await StartAsync();
        _go.SetResult();
        var run = await (await ConnectAsync(one)).RunAsync("count");
        foreach (var service in new[] { one, two })
        {
            var client = await ConnectAsync(service);
            await AttachAsync(client, run.RunId, afterSeq: 0);
            var whole = new Transcript(run.RunId, asked: false);
            await client.ReadToEndAsync(whole);
            Assert.Equal((run.Text, run.LastSeq, run.End), (whole.Text, whole.LastSeq, whole.End));

            // on the same connection once more, from the middle
            await AttachAsync(client, run.RunId, afterSeq: 100);
            var rest = new Transcript(run.RunId, asked: false, afterSeq: 100);
            await client.ReadToEndAsync(rest);
            Assert.EndsWith(rest.Text, run.Text, StringComparison.Ordinal);
            Assert.Equal((run.LastSeq, run.End), (rest.LastSeq, rest.End));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_whose_log_is_gone_is_told_from_the_store(bool workerIsGone)
    {
        _go.SetResult();
        var one = await StartAsync(("Limits:RunLog:Keep", "00:00:00"));
        var run = await (await ConnectAsync(one)).RunAsync("count");
        var two = await StartAsync();
        if (workerIsGone)
        {
            await one.DisposeAsync();
        }

        var fresh = await ConnectAsync(two);
        await AttachAsync(fresh, run.RunId, afterSeq: 0);
        var told = new Transcript(run.RunId, asked: false);
        await fresh.ReadToEndAsync(told);
        Assert.Equal(["RUN_STARTED", "MESSAGES_SNAPSHOT", "RUN_FINISHED"], told.Types);
        Assert.Equal(["count", Numbers], told.Snapshot);

        // to who has seen some of it, all of it replaces that
        var back = await ConnectAsync(two);
        await AttachAsync(back, run.RunId, afterSeq: 50);
        var again = new Transcript(run.RunId, asked: false, afterSeq: 50);
        await back.ReadToEndAsync(again);
        Assert.Equal((2, "RUN_FINISHED"), (again.Attempt, again.End));
        Assert.Equal(["count", Numbers], again.Snapshot);
    }

    [Fact]
    public async Task A_run_that_is_taken_over_goes_on_for_who_attached()
    {
        var one = await StartAsync();
        var asking = await one.ConnectAsync();
        var run = new Transcript(await asking.StartAsync("count"));
        await asking.ReadUntilAsync(run, () => run.Text == NumbersTo(20));
        await asking.DisposeAsync();

        var two = await StartAsync();
        var client = await ConnectAsync(two);
        await AttachAsync(client, run.RunId, afterSeq: 0);
        var seen = new Transcript(run.RunId, asked: false);
        await client.ReadUntilAsync(seen, () => seen.Text == run.Text);

        // its worker gives it back, and its gateway goes as well
        await one.DisposeAsync();
        await client.ReadUntilAsync(seen, () => seen.Attempt == 2);
        _go.SetResult();
        await client.ReadToEndAsync(seen);
        Assert.Equal(("RUN_FINISHED", Numbers), (seen.End, seen.Text));
    }

    [Fact]
    public async Task A_run_that_is_not_taken_yet_is_waited_for()
    {
        _go.SetResult();
        var one = await StartAsync(("Limits:AttachPatience", "00:00:20"));
        var runId = Guid.CreateVersion7();
        var early = await ConnectAsync(one);
        await AttachAsync(early, runId, afterSeq: 0);
        await early.SendAsync("""{"type":"ping"}""");
        await early.ReceiveAsync("pong");

        var run = await (await ConnectAsync(one)).RunAsync("count", runId: runId);
        var seen = new Transcript(runId, asked: false);
        await early.ReadToEndAsync(seen);
        Assert.Equal((run.Text, run.LastSeq), (seen.Text, seen.LastSeq));
    }

    [Fact]
    public async Task A_run_that_never_was_or_is_somebody_elses_is_not_found()
    {
        _go.SetResult();
        var one = await StartAsync(("Limits:AttachPatience", "00:00:00"));
        var two = await StartAsync(("Limits:AttachPatience", "00:00:00"));
        var run = await (await ConnectAsync(one)).RunAsync("count", threadId: "t");
        foreach (var service in new[] { one, two })
        {
            var eve = await ConnectAsync(service, "eve");
            foreach (var frame in new object[]
            {
                new { type = "attach", runId = Guid.CreateVersion7() },
                new { type = "attach", runId = run.RunId },
                new { type = "attach", runId = run.RunId, threadId = "t", afterSeq = 5 },
            })
            {
                await eve.SendAsync(JsonSerializer.Serialize(frame));
                var error = await eve.ReceiveAsync();
                Assert.Equal(("error", "not_found"), (error.GetProperty("type").GetString(), error.GetProperty("code").GetString()));
                Assert.Equal(JsonSerializer.SerializeToElement(frame).GetProperty("runId").GetString(), error.GetProperty("runId").GetString());
            }
        }
    }

    [Fact]
    public async Task Only_who_asked_for_a_run_cancels_it()
    {
        var one = await StartAsync();
        var asking = await ConnectAsync(one);
        var run = new Transcript(await asking.StartAsync("count"));
        await asking.ReadUntilAsync(run, () => run.Deltas > 0);
        var second = await ConnectAsync(one);
        await AttachAsync(second, run.RunId, afterSeq: 0);
        var seen = new Transcript(run.RunId, asked: false);
        await second.ReadUntilAsync(seen, () => seen.Deltas > 0);
        await (await ConnectAsync(one, "eve")).SendAsync(JsonSerializer.Serialize(new { type = "cancel", runId = run.RunId }));
        await second.SendAsync(JsonSerializer.Serialize(new { type = "cancel", runId = run.RunId }));
        await second.ReadToEndAsync(seen);
        await asking.ReadToEndAsync(run);
        Assert.Equal(("cancelled", "cancelled"), (run.Code, seen.Code));
    }

    private static string NumbersTo(int most) => string.Concat(Enumerable.Range(1, most).Select(i => $"{i} "));

    private static Task AttachAsync(NativeClient client, Guid runId, long afterSeq) =>
        client.SendAsync(JsonSerializer.Serialize(new { type = "attach", runId, attempt = 1, afterSeq }));

    private async Task<WholeService> StartAsync(params (string Key, string Value)[] settings)
    {
        return _open.Add(await WholeService.StartAsync(
            _virtualHost, Script, settings: [("Store:ConnectionString", $"Data Source={_folder.File("shared.db")}"), .. settings]));
    }

    /// <summary>Numbers, the rest of them when the test says so.</summary>
    private async IAsyncEnumerable<ChatResponseUpdate> Script(IReadOnlyList<ChatMessage> messages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var i = 1; i <= 200; i++)
        {
            yield return ScriptedModel.Text($"{i} ");
            if (i == 20)
            {
                await _go.Task.WaitAsync(cancellationToken);
            }
        }
    }

    private async Task<NativeClient> ConnectAsync(WholeService service, string userId = "ada") => _open.Add(await service.ConnectAsync(userId));
}
