namespace StreamChat.AgentWorker.Models.Demo;

/// <summary>
/// Says when the next delta is due. Each has a deadline counted from the first, so that late timers do not add up; those that a
/// coarse timer made late come together.
/// </summary>
internal sealed class Pacer(double perSecond, TimeProvider time)
{
    /// <summary>After so many deltas in a row the thread is given to others.</summary>
    private const int Burst = 64;

    private readonly long _started = time.GetTimestamp();
    private long _index;
    private int _burst;

    /// <summary>Completes when the next delta is due; the first is due at once.</summary>
    public ValueTask NextAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var index = _index++;
        if (perSecond > 0 && Remaining(index) > TimeSpan.Zero)
        {
            return WaitAsync(index, cancellationToken);
        }

        return ++_burst < Burst ? ValueTask.CompletedTask : YieldAsync();
    }

    private async ValueTask WaitAsync(long index, CancellationToken cancellationToken)
    {
        _burst = 0;
        while (Remaining(index) is var remaining && remaining > TimeSpan.Zero)
        {
            // Task.Delay cuts off fractions of a millisecond and would not wait at all
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(remaining.TotalMilliseconds)), time, cancellationToken);
        }
    }

    private async ValueTask YieldAsync()
    {
        _burst = 0;
        await Task.Yield();
    }

    private TimeSpan Remaining(long index) => TimeSpan.FromSeconds(index / perSecond) - time.GetElapsedTime(_started);
}
