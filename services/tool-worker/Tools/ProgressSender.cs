using Microsoft.Extensions.Options;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Bus;

namespace StreamChat.ToolWorker.Tools;

/// <summary>Takes what tools say of their progress to the agent-workers that wait for them: as far as possible, and never at the tool's expense.</summary>
internal sealed partial class ProgressSender(
    IProgressTransport transport, IOptions<ToolWorkerOptions> options, ToolMetrics metrics, TimeProvider time, ILogger<ProgressSender> logger)
{
    // for a person to read while it runs
    private const int MaxMessageChars = 500;

    /// <summary>What takes the reports of one call. Dispose it when the call has ended.</summary>
    public Reports Begin(CallTool call) => new(this, call.WorkerId);

    [LoggerMessage(3301, LogLevel.Debug, "Progress of call {ToolCallId} could not be told to worker {WorkerId}.")]
    private partial void LogUnsent(string toolCallId, string workerId, Exception exception);

    /// <summary>
    /// The reports of one call. At most one is on its way and one waits, the newest; a newer one takes its place. Those that tell
    /// less than the one before, or no number, are none.
    /// </summary>
    internal sealed class Reports(ProgressSender sender, string? workerId) : IDisposable
    {
        private readonly Lock _lock = new();
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private ToolProgressed? _next;
        private double _reached = double.NegativeInfinity;
        private bool _sending;
        private bool _over;

        public void Report(ToolProgressed report)
        {
            lock (_lock)
            {
                if (_over || workerId is null || !double.IsFinite(report.Progress) || report.Progress < _reached)
                {
                    return;
                }

                _reached = report.Progress;
                _next = Fit(report);
                if (_sending)
                {
                    return;
                }

                _sending = true;
            }

            _ = Task.Run(SendAsync);
        }

        /// <summary>What waits is not sent any more: the result says more than it.</summary>
        public void Dispose()
        {
            lock (_lock)
            {
                _over = true;
                _next = null;
            }

            _ended.TrySetResult();
        }

        private async Task SendAsync()
        {
            while (Take() is { } report)
            {
                try
                {
                    await sender.Transport.SendAsync(workerId!, report, CancellationToken.None);
                }
                catch (Exception e)
                {
                    sender.GiveUp(report, workerId!, e);
                    if (e is InstanceGoneException)
                    {
                        Dispose();
                    }
                }

                await RestAsync();
            }
        }

        private async Task RestAsync()
        {
            try
            {
                await _ended.Task.WaitAsync(sender.Interval, sender.Time);
            }
            catch (TimeoutException)
            {
                // time for the next
            }
        }

        private ToolProgressed? Take()
        {
            lock (_lock)
            {
                var next = _next;
                _next = null;
                _sending = next is not null;
                return next;
            }
        }

        private static ToolProgressed Fit(ToolProgressed report) => report with
        {
            Total = report.Total is { } total && double.IsFinite(total) ? total : null,
            Message = report.Message is { Length: > MaxMessageChars } message ? message[..MaxMessageChars] : report.Message,
        };
    }

    private IProgressTransport Transport => transport;

    private TimeProvider Time => time;

    private TimeSpan Interval => options.Value.ProgressInterval;

    private void GiveUp(ToolProgressed report, string workerId, Exception exception)
    {
        metrics.ProgressDropped();
        LogUnsent(report.ToolCallId, workerId, exception);
    }
}

/// <summary>The way to an agent-worker.</summary>
internal interface IProgressTransport
{
    /// <exception cref="InstanceGoneException">It is not there any more.</exception>
    Task SendAsync(string workerId, ToolProgressed progress, CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal sealed class BusProgressTransport(InstanceSender sender) : IProgressTransport
{
    public Task SendAsync(string workerId, ToolProgressed progress, CancellationToken cancellationToken) =>
        sender.SendAsync(BusNames.Instance(BusNames.AgentWorker, workerId), progress, cancellationToken);
}
