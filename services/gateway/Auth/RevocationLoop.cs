using MassTransit;
using Microsoft.Extensions.Options;

namespace StreamChat.Gateway.Auth;

/// <summary>Lets the gateways agree on what is revoked: each says what it remembers when it starts and every few seconds.</summary>
internal sealed partial class RevocationLoop(
    IBusControl bus, RevocationPublisher publisher, IOptions<AuthOptions> options, TimeProvider time, ILogger<RevocationLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Required)
        {
            return;
        }

        try
        {
            await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
            while (true)
            {
                await AnnounceAsync(stoppingToken);
                await Task.Delay(Interval, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process stops
        }
    }

    private async Task AnnounceAsync(CancellationToken stoppingToken)
    {
        try
        {
            await publisher.AnnounceAsync(stoppingToken);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            // the next time will do
            LogUnheard(e);
        }
    }

    [LoggerMessage(1511, LogLevel.Debug, "The other gateways could not be told what is revoked.")]
    private partial void LogUnheard(Exception exception);
}
