using Microsoft.Extensions.Options;

namespace StreamChat.Gateway.Connections;

/// <summary>Closes connections that nobody uses. One timer for all of them, instead of one each.</summary>
internal sealed class ConnectionSweeper(ConnectionRegistry registry, IOptions<LimitsOptions> limits, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>One pass over the connections.</summary>
    public void Sweep()
    {
        var idle = limits.Value.Idle;
        if (idle == TimeSpan.Zero)
        {
            return;
        }

        foreach (var connection in registry.All)
        {
            if (connection.Silence >= idle && connection.Runs.Count == 0)
            {
                connection.Close(CloseReason.Idle);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Sweep();
        }
    }
}
