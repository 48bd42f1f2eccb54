using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StreamChat.Hosting.Time;

namespace StreamChat.Storage;

/// <summary>
/// Brings the schema up to date when the process starts. A database that is not there does not stop the process: it is tried
/// again until it is.
/// </summary>
internal sealed partial class StoreInitializer(SqlTransactions store, TimeProvider time, ILogger<StoreInitializer> logger)
    : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // once in the foreground: with a database at hand the store is ready before what starts after it
        if (!await TryAsync(isFirst: true, cancellationToken))
        {
            await base.StartAsync(cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        do
        {
            await Task.Delay(pause, time, stoppingToken);
            pause = pause.DoubledUpTo(LongestPause);
        }
        while (!await TryAsync(isFirst: false, stoppingToken));
        LogReady(logger);
    }

    private async Task<bool> TryAsync(bool isFirst, CancellationToken cancellationToken)
    {
        try
        {
            // a change of the schema that takes longer is made while the process is live and not yet ready
            await store.InitializeAsync(cancellationToken, patient: !isFirst);
            return true;
        }
        catch (StoreUnavailableException e)
        {
            if (isFirst)
            {
                LogWaiting(logger, e);
            }

            return false;
        }
    }

    [LoggerMessage(EventId = 2501, Level = LogLevel.Warning, Message = "The store cannot be reached; what needs it fails until it can. Trying on")]
    private static partial void LogWaiting(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2502, Level = LogLevel.Information, Message = "The store is ready")]
    private static partial void LogReady(ILogger logger);
}
