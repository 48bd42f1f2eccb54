using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StreamChat.Gateway;
using StreamChat.Gateway.Limits;
using StreamChat.TestSupport.Time;

namespace StreamChat.UnitTests.Gateway.Limits;

/// <summary>The rate at which large messages are read.</summary>
public sealed class LargeFramesTests : IDisposable
{
    private const int Rate = 100_000;

    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<GatewayTelemetry>().BuildServiceProvider();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task A_second_of_the_rate_is_free_and_the_rest_waits_in_its_order()
    {
        var large = New(Rate);
        await large.WaitAsync(Rate, Token);
        await large.WaitAsync(Rate / 2, Token);
        var first = large.WaitAsync(Rate, Token).AsTask();
        var second = large.WaitAsync(1, Token).AsTask();
        Assert.False(first.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(0.5));
        await first;
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await second;
    }

    [Fact]
    public async Task One_that_gives_up_returns_its_share()
    {
        var large = New(Rate);
        await large.WaitAsync(2 * Rate, Token);
        using var gone = new CancellationTokenSource();
        var waits = large.WaitAsync(1000 * Rate, gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);

        var next = large.WaitAsync(1, Token).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        await next;
    }

    [Fact]
    public async Task None_waits_for_long_however_many_there_are()
    {
        var large = New(Rate);
        var waits = Enumerable.Range(0, 100).Select(_ => large.WaitAsync(Rate, Token).AsTask()).ToList();
        _time.Advance(LargeFrames.LongestWait);
        await Task.WhenAll(waits);
    }

    [Fact]
    public async Task None_waits_without_a_rate()
    {
        var large = New(0);
        await large.WaitAsync(int.MaxValue, Token);
        var next = large.WaitAsync(int.MaxValue, Token).AsTask();
        Assert.True(next.IsCompletedSuccessfully);
    }

    [Fact]
    public void The_default_grows_with_the_machine() =>
        Assert.Equal((double)LimitsOptions.LargeFrameBytesPerProcessor * Environment.ProcessorCount, new LimitsOptions().LargeFrameRate);

    private LargeFrames New(int rate) =>
        new(Options.Create(new LimitsOptions { LargeFrameBytesPerSecond = rate }), _time, _services.GetRequiredService<GatewayTelemetry>());
}
