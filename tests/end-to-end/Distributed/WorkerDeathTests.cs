using RabbitMQ.Client;
using StreamChat.TestSupport.Sockets;

namespace StreamChat.EndToEndTests.Distributed;

/// <summary>Agent-workers are killed in the middle of runs.</summary>
public sealed class WorkerDeathTests : IAsyncLifetime
{
    private const int Tokens = 150;

    private readonly DistributedStack _stack = new();

    public ValueTask InitializeAsync()
    {
        _stack.Settings["Limits__Run__LostWorkers"] = "2";
        return _stack.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _stack.DisposeAsync();

    [Fact]
    public async Task Streams_go_on_behind_what_was_written_down()
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => _stack.ConnectAsync($"user-{i}")));
        List<(NativeClient Client, Transcript Run)> runs = [];
        foreach (var client in clients.SelectMany(c => Enumerable.Repeat(c, 6)))
        {
            runs.Add((client, new Transcript(await client.StartAsync($"/load {Tokens} 30"))));
        }

        await ReadAsync(r => r.LoadNumbers.Count >= 30);
        var before = runs.ToDictionary(r => r.Run, r => r.Run.Text);
        await _stack.AgentWorkers[0].KillAsync();
        await ReadAsync(r => r.Ended);

        Assert.All(runs, r => Assert.Equal("RUN_FINISHED", r.Run.End));
        Assert.All(runs, r => Assert.Equal(Enumerable.Range(1, Tokens), r.Run.LoadNumbers));

        // each token holds the time when the model made it: those that were written down were not made again
        var takenOver = runs.Select(r => r.Run).Where(r => r.Attempt == 2).ToList();
        Assert.NotEmpty(takenOver);
        Assert.All(takenOver, r => Assert.StartsWith(before[r][..before[r].IndexOf(" 10@", StringComparison.Ordinal)], r.Text, StringComparison.Ordinal));
        await Task.WhenAll(clients.Select(c => c.DisposeAsync().AsTask()));

        Task ReadAsync(Func<Transcript, bool> until) => Task.WhenAll(runs.GroupBy(r => r.Client).Select(async own =>
        {
            while (!own.All(r => until(r.Run)))
            {
                var frame = await own.Key.ReceiveAsync();
                foreach (var (_, run) in own)
                {
                    run.Add(frame);
                }
            }
        }));
    }

    [Fact]
    public async Task A_run_that_workers_are_lost_with_is_given_up_and_its_request_kept()
    {
        await using var client = await _stack.ConnectAsync("ada");
        var run = new Transcript(await client.StartAsync("/load 100000 50", threadId: "poison"));
        var workers = _stack.AgentWorkers.ToList();
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            await client.ReadUntilAsync(run, () => run.Attempt == attempt && run.LoadNumbers.Count > 60);
            await Task.WhenAll(workers.Select(w => w.KillAsync()));
            workers = [_stack.Start("agent-worker")];
        }

        await client.ReadToEndAsync(run);
        Assert.Equal(("RUN_ERROR", "internal", 3), (run.End, run.Code, run.Attempt));

        // what was said is in the thread, the request in the error queue, and the next run goes well
        var next = await client.RunAsync("/load 3", threadId: "poison");
        Assert.Equal(("RUN_FINISHED", 3), (next.End, next.LoadNumbers.Count));
        using var http = new HttpClient { BaseAddress = _stack.Edge.BaseAddress };
        var history = await http.GetStringAsync(new Uri("/api/v1/threads/poison/messages?user_id=ada", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("/load 100000 50", history, StringComparison.Ordinal);
        Assert.Contains(" 10@", history, StringComparison.Ordinal);
        await using var connection = await new ConnectionFactory { Uri = _stack.Broker.Uri }.CreateConnectionAsync(TestContext.Current.CancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
        var kept = await channel.BasicGetAsync("agent-runs_error", autoAck: false, TestContext.Current.CancellationToken);
        Assert.Contains(run.RunId.ToString(), System.Text.Encoding.UTF8.GetString(kept!.Body.Span), StringComparison.Ordinal);
        Assert.Equal(0u, kept.MessageCount);
    }
}
