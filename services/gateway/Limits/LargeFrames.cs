using Microsoft.Extensions.Options;

namespace StreamChat.Gateway.Limits;

/// <summary>
/// The rate at which this process reads what client messages have beyond their first <see cref="FreeBytes"/>, over all connections
/// (<see cref="LimitsOptions.LargeFrameBytesPerSecond"/>), counted as buffers grow, by doubling. A connection that would exceed it waits, <see cref="LongestWait"/> at
/// most each time that its buffer grows, and the network holds its client up. Small messages never wait.
/// </summary>
internal sealed class LargeFrames(IOptions<LimitsOptions> options, TimeProvider time, GatewayTelemetry telemetry)
{
    /// <summary>The size, in bytes, up to which a message is not counted.</summary>
    public const int FreeBytes = 16 * 1024;

    // what may be read at once after a pause, in seconds of the rate
    private const double Burst = 1;

    /// <summary>The longest wait. Six of them, for a message of 1 MiB, are shorter than a client's heartbeat.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private double _backlog;
    private long _at = time.GetTimestamp();

    /// <summary>Waits until the process may read so much more of a large message.</summary>
    /// <param name="bytes">How much more.</param>
    /// <param name="cancellationToken">Gives up and returns the share.</param>
    public ValueTask WaitAsync(int bytes, CancellationToken cancellationToken)
    {
        if (options.Value.LargeFrameRate is not (> 0 and var rate))
        {
            return ValueTask.CompletedTask;
        }

        var cost = bytes / rate;
        double wait;
        lock (_lock)
        {
            Drain();
            wait = Math.Min(_backlog - Burst, LongestWait.TotalSeconds);
            cost = Math.Min(cost, Burst + LongestWait.TotalSeconds - _backlog);
            _backlog += cost;
        }

        return wait <= 0 ? ValueTask.CompletedTask : DelayAsync(TimeSpan.FromSeconds(wait), cost, cancellationToken);
    }

    private async ValueTask DelayAsync(TimeSpan wait, double cost, CancellationToken cancellationToken)
    {
        telemetry.LimitReached("large_frames");
        try
        {
            await Task.Delay(wait, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                Drain();
                _backlog = Math.Max(0, _backlog - cost);
            }

            throw;
        }
    }

    private void Drain()
    {
        var now = time.GetTimestamp();
        _backlog = Math.Max(0, _backlog - time.GetElapsedTime(_at, now).TotalSeconds);
        _at = now;
    }
}
