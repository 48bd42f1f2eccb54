using MassTransit;
using StreamChat.Hosting.Bus.Broker;
using StreamChat.TestSupport.Time;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.UnitTests.Hosting.Bus;

public sealed class LostConnectionFilterTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _work = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TimeSpan Patience => TimeSpan.FromSeconds(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_hangs_on_a_connection_that_is_gone_is_left()
    {
        var listening = new LostConnectionFilter(_time).GuardAsync(() => _work.Task, _lost.Task);
        _time.Advance(LostConnectionFilter.Grace * 10);
        Assert.False(listening.IsCompleted);

        _lost.SetResult();
        await Eventually.TrueAsync(() => _time.ActiveTimers == 1);
        _time.Advance(LostConnectionFilter.Grace);
        await Assert.ThrowsAsync<RabbitMqConnectionException>(() => listening.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task What_ends_with_its_connection_is_waited_for()
    {
        _lost.SetResult();
        var listening = new LostConnectionFilter(_time).GuardAsync(() => _work.Task, _lost.Task);
        Assert.False(listening.IsCompleted);
        _work.SetException(new InvalidOperationException("the work's own"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => listening.WaitAsync(Patience, Token));
    }
}
