using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using StreamChat.AgentWorker.Relay;
using StreamChat.AgentWorker.Runs;
using StreamChat.Contracts.Events;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Bus.Batches;
using StreamChat.UnitTests.Hosting.Batches;

namespace StreamChat.UnitTests.AgentWorker.Relay;

public sealed class RelayLaneTests : IAsyncDisposable
{
    private readonly Transport _transport = new();
    private readonly RelayMetrics _metrics = new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RelayLane? _lane;

    private static TimeSpan Patience => TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Sends_at_once_when_idle_and_gathers_while_a_publish_is_in_flight()
    {
        var lane = Lane();
        var log = Log();
        log.Attach(lane, 0);

        log.AppendText("m", "1 ");
        var first = await _transport.NextAsync();
        log.AppendText("m", "2 ");
        log.AppendText("m", "3 ");
        first.Confirm();
        var second = await _transport.NextAsync();

        Assert.Equal("1 ", Text(first));
        Assert.Equal("2 3 ", Text(second));
        second.Confirm();
    }

    [Fact]
    public async Task One_batch_carries_what_several_runs_say()
    {
        var lane = Lane();
        var logs = Enumerable.Range(0, 3).Select(_ => Log()).ToList();
        logs.ForEach(l => l.Attach(lane, 0));
        logs[0].AppendText("m", "first");
        var first = await _transport.NextAsync();
        logs.ForEach(l => l.AppendText("m", "more"));
        first.Confirm();

        var second = await _transport.NextAsync();
        Assert.Equal(logs.Select(l => l.RunId).Order(), second.Batch.Slices.Select(s => s.RunId).Order());
        second.Confirm();
    }

    [Fact]
    public async Task A_failed_publish_is_repeated_unchanged_before_anything_else()
    {
        var lane = Lane();
        var log = Log();
        log.Attach(lane, 0);
        log.AppendText("m", "1 ");
        var first = await _transport.NextAsync();
        log.AppendText("m", "2 ");
        first.Fail(new TimeoutException());

        var again = await _transport.NextAsync();
        Assert.Equal("1 ", Text(again));
        again.Confirm();
        var next = await _transport.NextAsync();
        Assert.Equal("2 ", Text(next));
        next.Confirm();
    }

    [Fact]
    public async Task A_gateway_whose_queue_comes_back_in_time_gets_the_batch_that_was_returned()
    {
        var lane = Lane(new RelayOptions { GoneAfter = TimeSpan.FromMinutes(1), RetryDelay = TimeSpan.FromMilliseconds(10) });
        var log = Log();
        log.Attach(lane, 0);
        log.AppendText("m", "1 ");
        var returned = await _transport.NextAsync();
        returned.Fail(new InstanceGoneException("gateway-x", null));

        var again = await _transport.NextAsync();
        Assert.Equal("1 ", Text(again));
        again.Confirm();
        Assert.False(lane.IsClosed);
    }

    [Fact]
    public async Task A_gateway_that_is_gone_closes_the_lane_and_frees_the_writer()
    {
        var lane = Lane(new RelayOptions { GoneAfter = TimeSpan.Zero });
        var log = new RunLog(Guid.CreateVersion7(), 1, 1_000_000, maxUnread: 3);
        log.Attach(lane, 0);
        log.AppendText("m", "12345");
        var publish = await _transport.NextAsync();
        log.AppendText("m", "67890");
        var room = log.WaitForRoomAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(room.IsCompleted);

        publish.Fail(new InstanceGoneException("gateway-x", null));
        await _closed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.True(lane.IsClosed);
        log.Detach(lane); // what the run table does when it hears of it
        await room.WaitAsync(Patience, TestContext.Current.CancellationToken);

        // and a log that comes to it later is let go of as well
        var late = Log();
        late.Attach(lane, 0);
        late.AppendText("m", "x");
        Assert.False(late.HasCursor(lane));
    }

    [Fact]
    public async Task The_end_counts_as_sent_only_when_it_is_confirmed()
    {
        var lane = Lane();
        var log = Log();
        log.Attach(lane, 0);
        log.Append(seq => new RunFinished { Seq = seq, ThreadId = "t" }, last: true);
        var publish = await _transport.NextAsync();
        var sent = log.WaitUntilSentAsync(TestContext.Current.CancellationToken);
        Assert.False(sent.IsCompleted);
        publish.Confirm();
        await sent.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_long_replay_is_cut_into_batches_and_does_not_delay_others()
    {
        var lane = Lane(new RelayOptions { MaxBatchChars = 1024 });
        var blocker = Log();
        blocker.Attach(lane, 0);
        blocker.AppendText("m", "blocker");
        var first = await _transport.NextAsync();

        var replay = Log();
        for (var i = 0; i < 100; i++)
        {
            replay.AppendText("m", new string('x', 100));
        }

        replay.Attach(lane, 0);
        var live = Log();
        live.Attach(lane, 0);
        live.AppendText("m", "live");
        first.Confirm();

        var chars = 0;
        var batches = 0;
        var liveIn = 0;
        while (chars < 10_000)
        {
            var publish = await _transport.NextAsync();
            batches++;
            chars += publish.Batch.Slices.Where(s => s.RunId == replay.RunId).Sum(s => s.Events.OfType<TextMessageContent>().Sum(e => e.Delta.Length));
            liveIn = publish.Batch.Slices.Any(s => s.RunId == live.RunId) ? batches : liveIn;
            publish.Confirm();
        }

        Assert.InRange(batches, 9, 12);
        Assert.InRange(liveIn, 1, 2);
    }

    public async ValueTask DisposeAsync()
    {
        _transport.FailAll();
        if (_lane is not null)
        {
            await _lane.DisposeAsync();
        }
    }

    private static RunLog Log() => new(Guid.CreateVersion7(), 1, 1_000_000, 1_000_000);

    private static string Text(Publish publish) =>
        string.Concat(publish.Batch.Slices.SelectMany(s => s.Events).OfType<TextMessageContent>().Select(e => e.Delta));

    private RelayLane Lane(RelayOptions? options = null) => _lane = new RelayLane(
        "gateway", "worker", _transport, options ?? new RelayOptions { RetryDelay = TimeSpan.FromMilliseconds(10) }, TimeProvider.System, _metrics,
        NullLogger.Instance, _ => _closed.TrySetResult());

    private sealed class Publish(RunEventBatch batch)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public RunEventBatch Batch => batch;

        public Task Done => _done.Task;

        public void Confirm() => _done.TrySetResult();

        public void Fail(Exception e) => _done.TrySetException(e);
    }

    private sealed class Transport : IRelayTransport
    {
        private readonly System.Threading.Channels.Channel<Publish> _publishes = System.Threading.Channels.Channel.CreateUnbounded<Publish>();
        private volatile bool _down;

        public Task PublishAsync(string gatewayId, PackedBatch batch, CancellationToken cancellationToken)
        {
            var publish = new Publish(batch.Unpack());
            _publishes.Writer.TryWrite(publish);
            return _down ? Task.FromCanceled(new CancellationToken(canceled: true)) : publish.Done.WaitAsync(cancellationToken);
        }

        public Task<Publish> NextAsync() => _publishes.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience);

        public void FailAll() => _down = true;
    }
}
