using Microsoft.Extensions.Options;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Bus;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.Announcing;

/// <summary>Says once what this process offers; <see cref="AnnouncingLoop"/> says when.</summary>
internal sealed partial class ToolAnnouncer(
    IAnnouncementPublisher publisher, ToolRegistry registry, ToolWorkerIdentity identity, IOptions<ToolWorkerOptions> options,
    IOptions<BusOptions> bus, TimeProvider time, ILogger<ToolAnnouncer> logger) : IDisposable
{
    // agent-workers forget us after this many intervals: three announcements may be lost
    private const double ValidIntervals = 3.5;

    // the end of the process does not wait longer than this for a broker that may be gone
    private static readonly TimeSpan WithdrawTimeout = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _withdrawn;
    private bool _unheard;

    /// <summary>Publishes the tools; nothing once withdrawn. A broker that is away is no error: the next time will do.</summary>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (Volatile.Read(ref _withdrawn))
            {
                return;
            }

            await PublishAsync(registry.Descriptions, bus.Value.PublishTimeout, cancellationToken);
            if (_unheard)
            {
                _unheard = false;
                LogHeardAgain();
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (!_unheard)
            {
                _unheard = true;
                LogUnheard(e);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Tells the agent-workers that this process offers nothing any more, as far as that is possible within a second.</summary>
    public async Task WithdrawAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _withdrawn, true);
        try
        {
            await Deadlines.RunAsync(WithdrawTimeout, time, WithdrawInTurnAsync, cancellationToken);
        }
        catch (Exception e)
        {
            LogNotWithdrawn(e);
        }
    }

    public void Dispose() => _turn.Dispose();

    // after an announcement that is under way, or else that would be the last word
    private async Task WithdrawInTurnAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await PublishAsync([], WithdrawTimeout, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private Task PublishAsync(IReadOnlyList<ToolDescription> tools, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var announcement = new ToolsAnnounced
        {
            ToolWorkerId = identity.ToolWorkerId,
            Tools = tools,
            ValidFor = options.Value.AnnounceInterval * ValidIntervals,
        };
        return Deadlines.RunAsync(timeout, time, token => publisher.PublishAsync(announcement, token), cancellationToken);
    }

    [LoggerMessage(3101, LogLevel.Warning, "The tools could not be announced; trying again at every interval.")]
    private partial void LogUnheard(Exception exception);

    [LoggerMessage(3102, LogLevel.Information, "The tools are announced again.")]
    private partial void LogHeardAgain();

    [LoggerMessage(3103, LogLevel.Debug, "The tools could not be withdrawn; agent-workers forget them by themselves soon.")]
    private partial void LogNotWithdrawn(Exception exception);
}
