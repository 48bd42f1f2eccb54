using StreamChat.Gateway.Connections;

namespace StreamChat.UnitTests.Gateway.Connections;

public sealed class WakeUpTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly WakeUp _wakeUp = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_comes_later_does_not_wait_and_is_woken_once()
    {
        _wakeUp.Set();
        _wakeUp.Set();

        Assert.True(_wakeUp.WaitAsync().AsTask().IsCompletedSuccessfully);
        var second = _wakeUp.WaitAsync().AsTask();
        Assert.False(second.IsCompleted);
        _wakeUp.Set();
        await second.WaitAsync(Deadline, Token);
    }

    [Fact]
    public async Task Of_many_calls_at_once_none_is_lost()
    {
        const int Calls = 100_000;
        var called = 0;
        var seen = 0;
        var waiting = Task.Run(
            async () =>
            {
                while (seen < 2 * Calls)
                {
                    await _wakeUp.WaitAsync();
                    seen = Volatile.Read(ref called);
                }
            },
            Token);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(Call, Token)));

        await waiting.WaitAsync(Deadline, Token);
        Assert.Equal(2 * Calls, seen);

        void Call()
        {
            for (var i = 0; i < Calls; i++)
            {
                Interlocked.Increment(ref called);
                _wakeUp.Set();
            }
        }
    }
}
