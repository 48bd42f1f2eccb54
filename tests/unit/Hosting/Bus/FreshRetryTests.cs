using MassTransit;
using MassTransit.Middleware;
using StreamChat.Hosting.Bus.Broker;
using StreamChat.TestSupport.Time;

namespace StreamChat.UnitTests.Hosting.Bus;

public sealed class FreshRetryTests
{
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new();
    private readonly RetryPolicyContext<Work> _policy;

    public FreshRetryTests()
    {
        var pauses = Retry.CreatePolicy(retry =>
        {
            retry.Handle<TimeoutException>();
            retry.Incremental(100, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        });
        _policy = new FreshRetry(pauses, Calm, _time).CreatePolicyContext(new Work());
    }

    [Fact]
    public void Pauses_grow_while_it_fails_and_begin_anew_when_it_has_held()
    {
        Assert.True(_policy.CanRetry(new TimeoutException(), out var failure));
        Assert.Equal(1, failure.Delay!.Value.TotalSeconds);

        // failed again at once, and after having held for just not long enough
        failure = Next(failure, failure.Delay.Value);
        Assert.Equal(2, failure.Delay!.Value.TotalSeconds);
        failure = Next(failure, failure.Delay.Value + Calm);
        Assert.Equal(3, failure.Delay!.Value.TotalSeconds);

        failure = Next(failure, failure.Delay.Value + Calm + TimeSpan.FromTicks(1));
        Assert.Equal(1, failure.Delay!.Value.TotalSeconds);
        failure = Next(failure, failure.Delay.Value);
        Assert.Equal(2, failure.Delay!.Value.TotalSeconds);
    }

    [Fact]
    public void What_is_not_worth_it_is_not_tried_again()
    {
        Assert.False(_policy.CanRetry(new InvalidOperationException(), out _));
        Assert.True(_policy.CanRetry(new TimeoutException(), out var failure));
        Assert.False(failure.CanRetry(new InvalidOperationException(), out _));
    }

    private RetryContext<Work> Next(RetryContext<Work> failure, TimeSpan after)
    {
        _time.Advance(after);
        Assert.True(failure.CanRetry(new TimeoutException(), out var next));
        return next;
    }

    private sealed class Work : BasePipeContext
    {
        public Work()
            : base(CancellationToken.None)
        {
        }
    }
}
