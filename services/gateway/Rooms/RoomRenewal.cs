using Microsoft.Extensions.Options;

namespace StreamChat.Gateway.Rooms;

/// <summary>Says when <see cref="RoomDirectory.RenewAsync"/> is due.</summary>
internal sealed partial class RoomRenewal(RoomDirectory rooms, IOptions<LimitsOptions> limits, TimeProvider time, ILogger<RoomRenewal> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(limits.Value.RoomRenewal, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await rooms.RenewAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(e);
            }
        }
    }

    [LoggerMessage(1612, LogLevel.Error, "The members of rooms could not be renewed.")]
    private partial void LogFailed(Exception exception);
}
