using Microsoft.Extensions.Diagnostics.HealthChecks;
using StreamChat.Gateway.Dialects;
using StreamChat.Hosting.Identity;

namespace StreamChat.Gateway.Connections;

/// <summary>
/// When the process is told to stop: readiness goes, so that the edge sends nobody else, and every client is asked to come back
/// and closed with 1012. Without this the server would wait for its sockets until its time is up.
/// </summary>
internal sealed class ConnectionDrain(ConnectionRegistry registry, IHostApplicationLifetime lifetime, IIdGenerator ids) : IHostedService, IHealthCheck
{
    // clients that come back all at once would hit the next gateway like a wall
    private const int SpreadMilliseconds = 2000;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() =>
        {
            foreach (var connection in registry.Drain())
            {
                connection.Send(new Reconnect(TimeSpan.FromMilliseconds(ids.NewSpread(SpreadMilliseconds))));
                connection.Close(CloseReason.Restart);
            }
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(registry.Draining ? HealthCheckResult.Unhealthy("Stopping.") : HealthCheckResult.Healthy("Serving."));
}
