using Microsoft.Extensions.Options;
using StreamChat.Storage;

namespace StreamChat.ToolWorker.Tools.Ledger;

/// <summary>Says of the calls in hand that this process is alive, and removes records that were kept long enough.</summary>
internal sealed partial class LedgerUpkeep(CallLedger ledger, IOptions<LedgerOptions> options, TimeProvider time, ILogger<LedgerUpkeep> logger)
    : BackgroundService
{
    private const int MostBatches = 10;

    private bool _isFailing;
    private long? _cleanedAt;

    /// <summary>One turn; the loop says when.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (ledger.IsBusy)
            {
                await ledger.RenewAsync(cancellationToken);
            }

            if (_cleanedAt is not { } before || time.GetElapsedTime(before) >= options.Value.CleanupInterval)
            {
                _cleanedAt = time.GetTimestamp();
                for (var batch = 0; batch < MostBatches && await ledger.CleanAsync(cancellationToken); batch++)
                {
                    // the next
                }
            }

            _isFailing = false;
        }
        catch (StoreUnavailableException e)
        {
            if (!_isFailing)
            {
                LogFailing(e);
            }

            _isFailing = true;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(options.Value.Lease / 3, time, stoppingToken);
                await KeepAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process stops
        }
    }

    [LoggerMessage(3204, LogLevel.Warning, "The records of tool calls cannot be kept up; trying again.")]
    private partial void LogFailing(Exception exception);
}
