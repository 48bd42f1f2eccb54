using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StreamChat.Gateway;
using StreamChat.Gateway.Limits;
using StreamChat.TestSupport.Time;

namespace StreamChat.UnitTests.Gateway.Limits;

/// <summary>What unfinished messages may hold together, and whose connection is closed at the limit.</summary>
public sealed class UnreadBytesTests : IDisposable
{
    private const int Limit = 1000;

    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<GatewayTelemetry>().BuildServiceProvider();
    private readonly List<string> _evicted = [];
    private readonly UnreadBytes _unread;

    public UnreadBytesTests() =>
        _unread = new UnreadBytes(Options.Create(new LimitsOptions { UnreadBytes = Limit }), _time, _services.GetRequiredService<GatewayTelemetry>());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task What_was_held_is_given_back_once()
    {
        var share = Begin("a", 100);
        Assert.True(await share.GrowAsync(300, Token));
        Assert.Equal(400, _unread.Held);
        share.Dispose();
        share.Dispose();
        Assert.Equal(0, _unread.Held);
        Assert.False(await share.GrowAsync(1, Token));
    }

    [Fact]
    public async Task Who_has_held_much_for_long_leaves_and_who_needs_room_gets_it_then()
    {
        var slow = Begin("slow", 600);
        _time.Advance(TimeSpan.FromSeconds(5));
        var small = Begin("small", 10);
        var quick = Begin("quick", 300);
        var growing = quick.GrowAsync(300, Token).AsTask();
        Assert.Equal(["slow"], _evicted);

        // memory that is not free yet is given to nobody
        Assert.False(growing.IsCompleted);
        slow.Dispose();
        Assert.True(await growing);
        Assert.Equal(610, _unread.Held);
        Assert.Equal(["slow"], _evicted);
        small.Dispose();
    }

    [Fact]
    public async Task Who_is_to_leave_gets_no_more_and_does_not_wait()
    {
        var slow = Begin("slow", 600);
        _time.Advance(TimeSpan.FromSeconds(5));
        var growing = slow.GrowAsync(600, Token);
        Assert.False(await growing);
        Assert.Equal(["slow"], _evicted);

        // told once, however often there is no room
        Begin("other", 500);
        Assert.False(await slow.GrowAsync(1, Token));
        Assert.Equal(["slow"], _evicted);
    }

    [Fact]
    public async Task Who_waits_for_room_is_let_go_of_when_its_own_message_is_to_leave()
    {
        var one = Begin("one", 500);
        var two = Begin("two", 400);
        _time.Advance(TimeSpan.FromSeconds(1));
        var waiting = two.GrowAsync(200, Token).AsTask();
        Assert.Equal(["one"], _evicted);
        Begin("three", 500);
        Assert.Equal(["one", "two"], _evicted);
        Assert.False(await waiting);
        one.Dispose();
        two.Dispose();
        Assert.Equal(500, _unread.Held);
    }

    [Fact]
    public async Task Who_gives_up_takes_nothing_with_it()
    {
        var one = Begin("one", 900);
        _time.Advance(TimeSpan.FromSeconds(1));
        using var cancelled = new CancellationTokenSource();
        var two = Begin("two", 50);
        var waiting = two.GrowAsync(100, cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        two.Dispose();
        one.Dispose();
        Assert.Equal(0, _unread.Held);
    }

    [Fact]
    public async Task Of_many_at_once_no_more_is_ever_held_than_may()
    {
        var most = 0L;
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(
            async () =>
            {
                for (var round = 0; round < 20; round++)
                {
                    // Each lets go when it is to leave, as a connection does. Another one may tell it so just after it has let go by itself; the
                    // source has no timer and needs no disposal.
                    var gone = new CancellationTokenSource();
                    using var share = _unread.Begin(1, gone.Cancel);
                    try
                    {
                        if (await share.GrowAsync(100 + i, gone.Token))
                        {
                            InterlockedMax(ref most, _unread.Held);
                            await Task.Yield();
                        }
                    }
                    catch (OperationCanceledException)
                    {
                        // evicted while it waited
                    }
                }
            },
            Token)));
        Assert.Equal(0, _unread.Held);
        Assert.InRange(most, 1, Limit + 50);
    }

    private static void InterlockedMax(ref long most, long value)
    {
        for (var seen = Volatile.Read(ref most); seen < value && Interlocked.CompareExchange(ref most, value, seen) != seen; seen = Volatile.Read(ref most))
        {
        }
    }

    private UnreadBytes.Share Begin(string name, int bytes) => _unread.Begin(bytes, () => _evicted.Add(name));
}
