using System.Threading.Channels;
using MassTransit;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus;
using StreamChat.TestSupport.Brokers;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.IntegrationTests.Bus;

/// <summary>What the services rely on of a real broker.</summary>
public sealed class BusTests(RabbitMqServer broker) : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly Channel<Delivery> _deliveries = Channel.CreateUnbounded<Delivery>();
    private Uri _uri = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _uri = await broker.CreateVirtualHostAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_run_asked_for_before_any_worker_ever_started_is_kept_and_taken_by_one_that_starts_later()
    {
        var run = NewRun();
        await using (var gateway = await BusHost.StartReadyAsync(_uri, new AskingModule()))
        {
            await gateway.Bus.Publish(run, Token);
        }

        await using var worker = await BusHost.StartReadyAsync(_uri, new WorkingModule(RecordAsync));

        var delivery = await NextAsync();
        Assert.Equal(run.RunId, delivery.RunId);
        Assert.False(delivery.Redelivered);
    }

    [Fact]
    public async Task A_gateway_can_start_after_a_worker_and_each_run_is_delivered_once()
    {
        await using var worker = await BusHost.StartReadyAsync(_uri, new WorkingModule(RecordAsync));
        await using var gateway = await BusHost.StartReadyAsync(_uri, new AskingModule());
        var runs = Enumerable.Range(0, 20).Select(_ => NewRun()).ToList();

        await Task.WhenAll(runs.Select(r => gateway.Bus.Publish(r, Token)));

        var seen = await NextRunsAsync(runs.Count);
        Assert.Equal(runs.Select(r => r.RunId).Order(), seen.Order());
        Assert.False(_deliveries.Reader.TryPeek(out _));
    }

    [Fact]
    public async Task The_queue_for_answers_is_read_before_the_first_request()
    {
        Assert.SkipUnless(broker.IsOurs, "The queues of a given broker are not ours to list.");
        await using var gateway = await BusHost.StartReadyAsync(_uri, new AskingModule());
        await Eventually.TrueAsync(
            async () => (await broker.ControlAsync("list_queues", "--vhost", _uri.AbsolutePath.Trim('/'), "name", "consumers"))
                .Split('\n').Any(line => line.Contains("_bus_", StringComparison.Ordinal) && line.TrimEnd().EndsWith("\t1", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_run_that_a_stopping_worker_gives_back_is_redelivered_to_another()
    {
        using var stopping = new CancellationTokenSource();
        await using var first = await BusHost.StartReadyAsync(_uri, new WorkingModule(async context =>
        {
            await RecordAsync(context);
            try
            {
                await Task.Delay(Timeout.Infinite, stopping.Token);
            }
            catch (OperationCanceledException)
            {
                throw new GiveBackException();
            }
        }));
        var run = await HaveRunTakenAsync();

        var stop = first.StopAsync();
        await stopping.CancelAsync();
        await stop;

        await AssertRedeliveredAsync(run);
    }

    [Fact]
    public async Task A_run_in_hand_when_the_time_to_stop_is_over_is_redelivered_to_another()
    {
        await using var first = await BusHost.StartReadyAsync(_uri, new WorkingModule(async context =>
        {
            await RecordAsync(context);
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }));
        var run = await HaveRunTakenAsync();

        await first.StopAsync();

        await AssertRedeliveredAsync(run);
    }

    [Fact]
    public async Task A_run_whose_consumer_fails_goes_to_the_error_queue_and_is_not_delivered_again()
    {
        await using var worker = await BusHost.StartReadyAsync(_uri, new WorkingModule(async context =>
        {
            await RecordAsync(context);
            throw new TaskCanceledException("not ours to give back");
        }));
        await using var errors = await BusHost.StartReadyAsync(_uri, new ErrorQueueModule(BusNames.AgentRuns, RecordAsync));
        var run = await HaveRunTakenAsync();

        Assert.Equal(new Delivery(run, Redelivered: false), await NextAsync());
    }

    [Fact]
    public async Task A_message_for_an_instance_arrives_there_and_nowhere_else()
    {
        await using var one = await BusHost.StartReadyAsync(_uri, new ListeningModule("gateway-one", RecordAsync));
        await using var two = await BusHost.StartReadyAsync(_uri, new ListeningModule("gateway-two", _ => throw new InvalidOperationException()));
        await using var sender = await BusHost.StartReadyAsync(_uri, new AskingModule());

        // a process that itself owns such a queue reaches others and itself just as well as one that does not
        Guid[] ids = [Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7()];
        await sender.Sender.SendAsync("gateway-one", new CancelRun { RunId = ids[0], UserId = "u" }, Token);
        await two.Sender.SendAsync("gateway-one", new CancelRun { RunId = ids[1], UserId = "u" }, Token);
        await one.Sender.SendAsync("gateway-one", new CancelRun { RunId = ids[2], UserId = "u" }, Token);

        Assert.Equal(ids, await NextRunsAsync(3));
    }

    [Fact]
    public async Task A_message_for_an_instance_that_never_was_says_that_it_is_gone()
    {
        await using var sender = await BusHost.StartReadyAsync(_uri, new AskingModule());

        // also when nobody has declared the exchange yet, and again once it is there
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<InstanceGoneException>(
                () => sender.Sender.SendAsync("gateway-nobody", new CancelRun { RunId = Guid.CreateVersion7(), UserId = "u" }, Token));
        }
    }

    [Fact]
    public async Task A_message_for_an_instance_that_stopped_says_that_it_is_gone()
    {
        await using var sender = await BusHost.StartReadyAsync(_uri, new AskingModule());
        var listener = await BusHost.StartReadyAsync(_uri, new ListeningModule("gateway-one", RecordAsync));
        await sender.Sender.SendAsync("gateway-one", new CancelRun { RunId = Guid.CreateVersion7(), UserId = "u" }, Token);
        await NextAsync();
        await listener.DisposeAsync();

        await Assert.ThrowsAsync<InstanceGoneException>(
            () => sender.Sender.SendAsync("gateway-one", new CancelRun { RunId = Guid.CreateVersion7(), UserId = "u" }, Token));
    }

    [Fact]
    public async Task What_is_broadcast_reaches_every_process_and_needs_none()
    {
        var run = Guid.CreateVersion7();
        await using var sender = await BusHost.StartReadyAsync(_uri, new AskingModule());
        await sender.Bus.Publish(new CancelRun { RunId = Guid.CreateVersion7(), UserId = "nobody" }, Token);
        await using var one = await BusHost.StartReadyAsync(_uri, new HearingModule("gateway-one-all", RecordAsync));
        await using var two = await BusHost.StartReadyAsync(_uri, new HearingModule("gateway-two-all", RecordAsync));

        await sender.Bus.Publish(new CancelRun { RunId = run, UserId = "u" }, Token);

        Assert.Equal([run, run], await NextRunsAsync(2));
    }

    private async Task<Guid> HaveRunTakenAsync()
    {
        var run = NewRun();
        await using var gateway = await BusHost.StartReadyAsync(_uri, new AskingModule());
        await gateway.Bus.Publish(run, Token);
        Assert.False((await NextAsync()).Redelivered);
        return run.RunId;
    }

    private async Task AssertRedeliveredAsync(Guid run)
    {
        // not looked for among the deliveries so far: before it stopped, the first may have been given its own message again
        var taken = new TaskCompletionSource<Delivery>();
        await using var second = await BusHost.StartReadyAsync(_uri, new WorkingModule(context =>
        {
            taken.TrySetResult(new Delivery(context.Message.RunId, context.ReceiveContext.Redelivered));
            return Task.CompletedTask;
        }));
        Assert.Equal(new Delivery(run, Redelivered: true), await taken.Task.WaitAsync(Deadline, Token));
    }

    private static StartRun NewRun() => new()
    {
        RunId = Guid.CreateVersion7(),
        ThreadId = "thread-1",
        UserId = "alice",
        GatewayId = "g1",
        ConnectionId = "g1.1",
        Messages = [new InputMessage { Role = "user", Content = "hello" }],
        RequestedAt = DateTimeOffset.UnixEpoch,
    };

    private async Task RecordAsync(ConsumeContext<StartRun> context) =>
        await _deliveries.Writer.WriteAsync(new Delivery(context.Message.RunId, context.ReceiveContext.Redelivered), Token);

    private async Task RecordAsync(ConsumeContext<CancelRun> context) =>
        await _deliveries.Writer.WriteAsync(new Delivery(context.Message.RunId, context.ReceiveContext.Redelivered), Token);

    private async Task<Delivery> NextAsync() => await _deliveries.Reader.ReadAsync(Token).AsTask().WaitAsync(Deadline, Token);

    private async Task<List<Guid>> NextRunsAsync(int count)
    {
        var runs = new List<Guid>();
        while (runs.Count < count)
        {
            runs.Add((await NextAsync()).RunId);
        }

        return runs;
    }

    private sealed record Delivery(Guid RunId, bool Redelivered);
}
