using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using StreamChat.Gateway.Dialects;
using StreamChat.Gateway.Limits;
using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Connections;

/// <summary>
/// When the process is told to stop: readiness goes and handshakes are refused at once, so that nobody else is sent here; then one
/// client after the other is asked to come back and closed with 1012, spread over <see cref="DrainLimits.Spread"/>, so that the next
/// gateway is not hit by all of them at once. Until its turn comes a client goes on seeing its runs. Who has not gone by
/// <see cref="LimitsOptions.Close"/> after that is cut off.
/// </summary>
internal sealed partial class ConnectionDrain(
    ConnectionRegistry registry, IHostApplicationLifetime lifetime, IIdGenerator ids, IOptions<LimitsOptions> limits, TimeProvider time,
    ILogger<ConnectionDrain> logger) : IHostedService, IHealthCheck
{
    private Task _draining = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() => _draining = DrainAsync());
        return Task.CompletedTask;
    }

    // who has not gone when the time is up is cut off with the process
    public async Task StopAsync(CancellationToken cancellationToken) =>
        await _draining.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(registry.Draining ? HealthCheckResult.Unhealthy("Stopping.") : HealthCheckResult.Healthy("Serving."));

    /// <summary>Sends everybody away, each at a time of its own.</summary>
    /// <returns>When the last one was told.</returns>
    public async Task DrainAsync()
    {
        var spread = (int)limits.Value.Drain.Spread.TotalMilliseconds;
        var turns = registry.Drain()
            .Select(connection => (Connection: connection, After: TimeSpan.FromMilliseconds(spread > 0 ? ids.NewSpread(spread) : 0)))
            .OrderBy(turn => turn.After)
            .ToList();
        if (turns.Count > 0)
        {
            LogDraining(turns.Count, limits.Value.Drain.Spread);
        }

        var started = time.GetTimestamp();
        foreach (var (connection, after) in turns)
        {
            if (after - time.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
            {
                await Task.Delay(left, time);
            }

            SendAway(connection);
        }
    }

    private void SendAway(Connection connection)
    {
        var within = (int)limits.Value.Drain.ComeBackWithin.TotalMilliseconds;
        connection.Send(new Reconnect(TimeSpan.FromMilliseconds(within > 0 ? ids.NewSpread(within) : 0)));
        connection.Close(CloseReason.Restart);
    }

    [LoggerMessage(1405, LogLevel.Information, "Stopping: {Connections} connections are asked to come back elsewhere, within {Spread}.")]
    private partial void LogDraining(int connections, TimeSpan spread);
}
