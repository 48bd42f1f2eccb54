using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Identity;

namespace StreamChat.Edge.Sockets;

/// <summary>
/// When the edge is told to stop: readiness goes, and the sockets that it passes through are closed with 1012 one after the other,
/// spread over <see cref="EdgeOptions.DrainSpread"/>. Their clients come back through another edge, or this one when it is back.
/// </summary>
internal sealed partial class SocketDrain(
    IHostApplicationLifetime lifetime, IOptions<EdgeOptions> options, IIdGenerator ids, TimeProvider time, ILogger<SocketDrain> logger)
    : IHostedService, IHealthCheck
{
    private readonly ConcurrentDictionary<ClosableStream, bool> _open = new();
    private readonly TimeSpan _spread = options.Value.DrainSpread;
    private Task _draining = Task.CompletedTask;

    /// <summary>Puts a <see cref="ClosableStream"/> under every WebSocket. Goes before the proxy.</summary>
    public Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade
            && string.Equals(context.Request.Headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase))
        {
            context.Features.Set<IHttpUpgradeFeature>(new ClosableUpgrade(this, context, upgrade));
        }

        return next(context);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() => _draining = DrainAsync(lifetime.ApplicationStopped));
        return Task.CompletedTask;
    }

    // who has not gone when the time is up is cut off with the process
    public async Task StopAsync(CancellationToken cancellationToken) =>
        await _draining.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("Stopping.") : HealthCheckResult.Healthy("Serving."));

    /// <summary>Closes all sockets, each at a time of its own.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        var spread = (int)_spread.TotalMilliseconds;
        var turns = _open
            .Select(open => (Socket: open.Key, After: TimeSpan.FromMilliseconds(spread > 0 ? ids.NewSpread(spread) : 0)))
            .OrderBy(turn => turn.After)
            .ToList();
        if (turns.Count > 0)
        {
            LogDraining(turns.Count, _spread);
        }

        var started = time.GetTimestamp();
        List<Task> closing = new(turns.Count);
        foreach (var (socket, after) in turns)
        {
            if (after - time.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
            {
                await Task.Delay(left, time, CancellationToken.None);
            }

            // one whose client does not read is not waited for
            closing.Add(CloseAsync(socket, cancellationToken));
        }

        await Task.WhenAll(closing);
    }

    private static async Task CloseAsync(ClosableStream socket, CancellationToken cancellationToken)
    {
        try
        {
            await socket.CloseAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // gone by itself, or cut off at the end
        }
    }

    private void Opened(ClosableStream socket, HttpContext context)
    {
        _open.TryAdd(socket, true);
        context.Response.OnCompleted(() =>
        {
            _open.TryRemove(socket, out _);
            return Task.CompletedTask;
        });

        // between the request and the answer the edge was told to stop
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            _ = CloseAsync(socket, lifetime.ApplicationStopped);
        }
    }

    private sealed class ClosableUpgrade(SocketDrain drain, HttpContext context, IHttpUpgradeFeature inner) : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => inner.IsUpgradableRequest;

        public async Task<Stream> UpgradeAsync()
        {
            ClosableStream stream = new(await inner.UpgradeAsync());
            drain.Opened(stream, context);
            return stream;
        }
    }

    [LoggerMessage(EventId = 6011, Level = LogLevel.Information, Message = "Stopping: {Sockets} sockets are closed within {Spread}")]
    private partial void LogDraining(int sockets, TimeSpan spread);
}
