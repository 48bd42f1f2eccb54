using Microsoft.Extensions.Hosting;

namespace StreamChat.Storage;

/// <summary>Asks the database for the time again and again: the clocks drift, and that of a machine that sleeps stands still.</summary>
internal sealed class StoreClockLoop(SqlTransactions store, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await store.PingAsync(stoppingToken);
            }
            catch (StoreUnavailableException)
            {
                // carried on until it is back
            }
        }
    }
}
