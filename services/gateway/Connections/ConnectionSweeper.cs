using Microsoft.Extensions.Options;
using StreamChat.Gateway.Dialects;

namespace StreamChat.Gateway.Connections;

/// <summary>
/// Sends the pings of protocols that have them as frames, and closes connections that nobody uses or whose client does not complete
/// a message. One timer for all of them, instead of one each.
/// </summary>
internal sealed class ConnectionSweeper(ConnectionRegistry registry, IOptions<LimitsOptions> limits, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>One pass over the connections.</summary>
    public void Sweep()
    {
        foreach (var connection in registry.All)
        {
            Sweep(connection);
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

    private void Sweep(Connection connection)
    {
        connection.CheckFrame();
        var dialect = connection.Dialect;
        if (IsUnused(connection, dialect.Idle))
        {
            connection.Send(new IdleClose());
            connection.Close(CloseReason.Idle);
            return;
        }

        if (connection.Liveness.SincePong is { } since && since > dialect.PongTimeout)
        {
            connection.Close(CloseReason.Unanswered);
            return;
        }

        if (dialect.HasHeartbeat && limits.Value.Heartbeat is var every && every > TimeSpan.Zero && connection.Liveness.IsHeartbeatDue(every))
        {
            connection.Send(new HeartbeatDue());
        }
    }

    private static bool IsUnused(Connection connection, IdleRule rule)
    {
        var unused = rule.AnyFrame ? connection.Liveness.Silence : connection.Liveness.Inactivity;
        return rule.After > TimeSpan.Zero && unused >= rule.After && connection.Runs.Count == 0;
    }
}
