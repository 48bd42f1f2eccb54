using StreamChat.AgentWorker.Models.Demo;
using static StreamChat.UnitTests.AgentWorker.Models.DemoModel;

namespace StreamChat.UnitTests.AgentWorker.Models;

public sealed class DemoPacingTests
{
    [Fact]
    public async Task Deltas_come_at_their_deadlines_the_first_at_once()
    {
        var time = new SteppingTime(late: TimeSpan.Zero);
        Assert.Equal([0, 100, 200, 300, 400], await ArrivalsAsync(Create(perSecond: 10, time), time, "How do submarines dive?", 5));
    }

    [Fact]
    public async Task Late_timers_do_not_add_up()
    {
        var time = new SteppingTime(late: TimeSpan.FromMilliseconds(30));
        Assert.Equal([0, 130, 230, 330, 430], await ArrivalsAsync(Create(perSecond: 10, time), time, "How do submarines dive?", 5));
    }

    [Fact]
    public async Task What_a_coarse_timer_made_late_comes_together()
    {
        var time = new SteppingTime(late: TimeSpan.FromMilliseconds(14));
        var arrivals = await ArrivalsAsync(Create(perSecond: 0, time), time, "/load 2000 1000", 2000);
        Assert.All(arrivals.Select((at, i) => at - i), behind => Assert.InRange(behind, 0, 15));
        Assert.InRange(time.Waits, 100, 150);
    }

    [Fact]
    public async Task Unpaced_waits_for_no_timer()
    {
        var time = new SteppingTime(late: TimeSpan.Zero);
        await DeltasAsync(Create(perSecond: 0, time), User("How do submarines dive?"));
        Assert.Equal(0, time.Waits);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait()
    {
        using var cancel = new CancellationTokenSource();
        var updates = Create(perSecond: 0.001).GetStreamingResponseAsync([User("Hello")], null, cancel.Token).GetAsyncEnumerator(cancel.Token);
        Assert.True(await updates.MoveNextAsync());
        var next = updates.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        await updates.DisposeAsync();
    }

    private static async Task<List<double>> ArrivalsAsync(DemoChatClient model, SteppingTime time, string message, int count)
    {
        List<double> arrivals = [];
        await foreach (var _ in model.GetStreamingResponseAsync([User(message)], null, TestContext.Current.CancellationToken))
        {
            arrivals.Add(time.Elapsed.TotalMilliseconds);
            if (arrivals.Count == count)
            {
                break;
            }
        }

        return arrivals;
    }

    /// <summary>A clock that stands still until somebody waits, and then jumps to the end of the wait and a little beyond.</summary>
    private sealed class SteppingTime(TimeSpan late) : TimeProvider
    {
        private readonly TimeSpan _late = late;

        public TimeSpan Elapsed { get; private set; }

        public int Waits { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Elapsed.Ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Elapsed;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new SteppingTimer(this, TimeProvider.System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
            timer.Change(dueTime, period);
            return timer;
        }

        private sealed class SteppingTimer(SteppingTime time, ITimer inner) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                if (dueTime == Timeout.InfiniteTimeSpan)
                {
                    return inner.Change(dueTime, period);
                }

                time.Waits++;
                time.Elapsed += dueTime + time._late;
                return inner.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }

            public void Dispose() => inner.Dispose();

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}
