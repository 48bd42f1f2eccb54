using System.Threading.Channels;
using StreamChat.AgentWorker.Runs;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Bus.Batches;
using StreamChat.Hosting.Time;

namespace StreamChat.AgentWorker.Relay;

/// <summary>
/// The way to one gateway. Sends at once when idle; what happens while a publish is in flight gathers in the runs' logs and goes
/// together as the next batch. One publish at a time, and a failed one is repeated before anything else, so a gateway sees each
/// run in order; it drops what it has seen already.
/// </summary>
internal sealed partial class RelayLane : IRelayLane, IAsyncDisposable
{
    private readonly string _gatewayId;
    private readonly RelayGathering _gathering;
    private readonly IRelayTransport _transport;
    private readonly RelayOptions _options;
    private readonly TimeProvider _time;
    private readonly RelayMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Action<RelayLane> _closed;
    private readonly CancellationTokenSource _stop = new();

    // unbounded by type, bounded in fact: a cursor stands in it at most once, and cursors are bounded by runs
    // Not SingleReader: that kind cannot be counted. Who offers publishes, when nothing is in flight: one wake-up of a thread less.
    private readonly Channel<RunCursor> _ready = Channel.CreateUnbounded<RunCursor>(new UnboundedChannelOptions { AllowSynchronousContinuations = true });
    private readonly Task _pump;
    private long _lastUsed;
    private volatile bool _isClosed;

    public RelayLane(
        string gatewayId, string workerId, IRelayTransport transport, RelayOptions options, TimeProvider time, RelayMetrics metrics,
        ILogger logger, Action<RelayLane> closed)
    {
        _gatewayId = gatewayId;
        _gathering = new RelayGathering(workerId, options);
        _transport = transport;
        _options = options;
        _time = time;
        _metrics = metrics;
        _logger = logger;
        _closed = closed;
        _lastUsed = time.GetTimestamp();

        // batches belong to many requests: none of them is the parent of a publish
        using (ExecutionContext.SuppressFlow())
        {
            _pump = Task.Run(PumpAsync);
        }
    }

    public string GatewayId => _gatewayId;

    /// <summary>How long nothing was sent.</summary>
    public TimeSpan Idle => _time.GetElapsedTime(Volatile.Read(ref _lastUsed));

    public bool IsClosed => _isClosed;

    public void Offer(RunCursor cursor)
    {
        if (cursor.TryEnqueue())
        {
            cursor.OfferedAt = _time.GetTimestamp();
            if (!_ready.Writer.TryWrite(cursor))
            {
                cursor.Log.Detach(this);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _pump;
        _stop.Dispose();
    }

    private async Task PumpAsync()
    {
        List<RunCursor> cursors = [];
        using var batch = new BatchWriter();
        try
        {
            while (await _ready.Reader.WaitToReadAsync(_stop.Token))
            {
                var offeredAt = _gathering.Gather(_ready.Reader, Offer, cursors, batch);
                if (batch.Events > 0 && !await PublishAsync(batch.Complete(), batch.Events, offeredAt))
                {
                    break;
                }

                foreach (var cursor in cursors)
                {
                    cursor.Log.Sent(cursor);
                }

                Volatile.Write(ref _lastUsed, _time.GetTimestamp());
            }
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
        catch (Exception e)
        {
            LogLaneFailed(_gatewayId, e);
        }
        finally
        {
            _isClosed = true;
            _ready.Writer.TryComplete();
            _closed(this);
        }
    }

    private async Task<bool> PublishAsync(PackedBatch batch, int events, long offeredAt)
    {
        var started = _time.GetTimestamp();
        var pause = _options.RetryDelay;
        long? missingSince = null;
        for (var failures = 0; ; failures++)
        {
            try
            {
                await _transport.PublishAsync(_gatewayId, batch, _stop.Token);
                _metrics.Published(events, _time.GetElapsedTime(offeredAt));
                if (failures > 0)
                {
                    LogPublishRecovered(_gatewayId, failures);
                }

                return true;
            }
            catch (InstanceGoneException)
            {
                missingSince ??= _time.GetTimestamp();
                if (_time.GetElapsedTime(missingSince.Value) >= _options.GoneAfter)
                {
                    _metrics.Dropped(events, "gateway_gone");
                    LogGatewayGone(_gatewayId);
                    return false;
                }

                // its queue goes with its connection to the broker, and is back within a second or two if the gateway still lives
                await Task.Delay(_options.RetryDelay, _time, _stop.Token);
            }
            catch (Exception e) when (e is not OperationCanceledException || !_stop.IsCancellationRequested)
            {
                _metrics.PublishFailed();
                if (_time.GetElapsedTime(started) > _options.GiveUpAfter)
                {
                    _metrics.Dropped(events, "gave_up");
                    LogGaveUp(_gatewayId, _options.GiveUpAfter, e);
                    return false;
                }

                if (failures == 0)
                {
                    LogPublishFailed(_gatewayId, e);
                }

                await Task.Delay(pause, _time, _stop.Token);
                pause = pause.DoubledUpTo(_options.MaxRetryDelay);
            }
        }
    }

    [LoggerMessage(2101, LogLevel.Information, "Gateway {GatewayId} is gone; its runs go on without it.")]
    private partial void LogGatewayGone(string gatewayId);

    [LoggerMessage(2102, LogLevel.Warning, "Events for gateway {GatewayId} could not be published; trying again.")]
    private partial void LogPublishFailed(string gatewayId, Exception exception);

    [LoggerMessage(2103, LogLevel.Information, "Events for gateway {GatewayId} are published again after {Failures} failures.")]
    private partial void LogPublishRecovered(string gatewayId, int failures);

    [LoggerMessage(2104, LogLevel.Error, "Events for gateway {GatewayId} could not be published for {GiveUpAfter}; it counts as gone.")]
    private partial void LogGaveUp(string gatewayId, TimeSpan giveUpAfter, Exception exception);

    [LoggerMessage(2105, LogLevel.Error, "The lane to gateway {GatewayId} failed.")]
    private partial void LogLaneFailed(string gatewayId, Exception exception);
}
