using StreamChat.Gateway.Requests;

namespace StreamChat.UnitTests.Gateway.Requests;

public sealed class TurnQueueTests
{
    private readonly TurnQueue _turns = new(capacity: 2, CancellationToken.None);

    [Fact]
    public async Task Turns_come_in_order_and_one_past_the_capacity_is_refused()
    {
        var first = _turns.TryEnter(out _)!;
        var second = _turns.TryEnter(out _)!;
        var third = _turns.TryEnter(out _)!;
        Assert.Null(_turns.TryEnter(out _));
        Assert.True(first.IsCompleted);
        Assert.False(second.IsCompleted);

        _turns.Leave();
        Assert.True(await second);
        Assert.False(third.IsCompleted);
        _turns.Leave();
        Assert.True(await third);
        _turns.Leave();
        Assert.True(_turns.TryEnter(out _)!.IsCompleted);
    }

    [Fact]
    public async Task A_cancel_stops_the_turn_lets_go_of_those_that_wait_and_comes_before_what_is_asked_later()
    {
        _ = _turns.TryEnter(out var stopping);
        var waiting = _turns.TryEnter(out _)!;
        var cancel = _turns.CancelAll()!;
        var later = _turns.TryEnter(out var laterStopping)!;

        Assert.True(stopping.IsCancellationRequested);
        Assert.False(await waiting);
        Assert.False(cancel.IsCompleted);

        _turns.Leave();
        await cancel;
        Assert.Equal(1, _turns.TakeCancels());
        Assert.False(later.IsCompleted);
        _turns.Leave();
        Assert.True(await later);
        Assert.False(laterStopping.IsCancellationRequested);
    }

    [Fact]
    public void A_cancel_of_nothing_has_its_turn_at_once()
    {
        Assert.True(_turns.CancelAll()!.IsCompleted);
        Assert.Equal(1, _turns.TakeCancels());
        _turns.Leave();
        Assert.True(_turns.TryEnter(out _)!.IsCompleted);
    }

    [Fact]
    public async Task Cancels_that_wait_are_answered_together_and_later_ones_by_themselves()
    {
        _ = _turns.TryEnter(out _);
        var cancel = _turns.CancelAll()!;
        for (var i = 0; i < 1000; i++)
        {
            Assert.Null(_turns.CancelAll());
        }

        Assert.Equal(1001, _turns.TakeCancels());
        var next = _turns.CancelAll()!;
        _turns.Leave();
        await cancel;
        Assert.False(next.IsCompleted);
        _turns.Leave();
        await next;
        Assert.Equal(1, _turns.TakeCancels());
    }

    [Fact]
    public void The_end_of_the_connection_stops_every_turn()
    {
        using var ended = new CancellationTokenSource();
        var turns = new TurnQueue(capacity: 2, ended.Token);
        turns.TryEnter(out var first);
        turns.CancelAll();
        turns.TryEnter(out var second);
        Assert.False(second.IsCancellationRequested);
        ended.Cancel();
        Assert.True(first.IsCancellationRequested && second.IsCancellationRequested);
    }
}
