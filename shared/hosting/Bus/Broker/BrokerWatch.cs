using System.Diagnostics.Metrics;
using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using StreamChat.Hosting.Telemetry;

namespace StreamChat.Hosting.Bus.Broker;

/// <summary>
/// Knows how this process stands with the broker and says so (readiness, metrics, <see cref="Changed"/>). Publishes that go through
/// <see cref="PublishAsync"/> wait for a connection, are tried again when theirs breaks, for the client library leaves them hanging,
/// and are held back while the broker takes none: what is written to a connection that it does not read waits in the network, beyond
/// any deadline.
/// </summary>
public sealed partial class BrokerWatch : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly Func<BusHealthStatus> _health;
    private readonly TimeProvider _time;
    private readonly ILogger<BrokerWatch> _logger;
    private readonly Counter<double> _spent;
    private readonly bool _isInMemory;
    private IConnection? _connection;
    private CancellationTokenSource? _lost;

    // until a connection has been seen, which is one that something is consumed from, the bus waits for it by itself
    private TaskCompletionSource<CancellationToken> _connected = Unseen();
    private TaskCompletionSource? _unblocked;
    private long _lastLook;
    private long _changedAt;
    private BrokerState _state = BrokerState.Unavailable;

    /// <summary>Watches a bus.</summary>
    /// <param name="transport">What carries messages; in memory there is nothing to lose.</param>
    /// <param name="health">The bus's own opinion.</param>
    /// <param name="meters">Where metrics go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where changes are written.</param>
    internal BrokerWatch(BusTransport transport, Func<BusHealthStatus> health, IMeterFactory meters, TimeProvider time, ILogger<BrokerWatch> logger)
    {
        _isInMemory = transport == BusTransport.InMemory;
        _health = health;
        _time = time;
        _logger = logger;
        _lastLook = _changedAt = time.GetTimestamp();
        var meter = meters.Create(TelemetryRegistration.SourcePrefix + "Bus");
        meter.CreateObservableGauge("streamchat.broker.state", States, "1", "1 for how this process stands with the broker, 0 for the other states.");
        _spent = meter.CreateCounter<double>("streamchat.broker.time", "s", "Time spent in each state of the broker.");
    }

    /// <summary>How this process stands with the broker.</summary>
    public BrokerState State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>For how long it has been so.</summary>
    public TimeSpan Since
    {
        get
        {
            lock (_lock)
            {
                return _time.GetElapsedTime(_changedAt);
            }
        }
    }

    /// <summary>Raised after each change, from one thread at a time and never under a lock that a reader of <see cref="State"/> takes.</summary>
    public event Action<BrokerState>? Changed;

    /// <summary>Waits while the broker takes no publishes. At once otherwise, also when there is no connection: the bus waits for that by itself.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When a publish may be tried.</returns>
    public Task WaitWhileBlockedAsync(CancellationToken cancellationToken) =>
        Volatile.Read(ref _unblocked) is { } unblocked ? unblocked.Task.WaitAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>
    /// Publishes with a deadline. Waits for a connection that takes publishes; when the connection breaks before the broker has
    /// confirmed, it is done again on the next one, so that the broker may have it twice: everything published this way must bear that.
    /// </summary>
    /// <param name="timeout">The deadline from now.</param>
    /// <param name="publish">Publishes once.</param>
    /// <param name="cancellationToken">Gives up earlier.</param>
    /// <returns>When the broker has it.</returns>
    /// <exception cref="TimeoutException">The deadline passed. The broker may have it all the same.</exception>
    public Task PublishAsync(TimeSpan timeout, Func<CancellationToken, Task> publish, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(publish);
        return Deadlines.RunAsync(timeout, _time, _isInMemory ? publish : token => PublishUntilKeptAsync(publish, token), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(State switch
        {
            BrokerState.Available => HealthCheckResult.Healthy("The broker is there."),
            BrokerState.Blocked => HealthCheckResult.Unhealthy("The broker takes no messages for now (connection.blocked)."),
            _ => HealthCheckResult.Unhealthy("The broker cannot be reached."),
        });

    /// <summary>One look at the bus.</summary>
    internal void Look()
    {
        var healthy = _health() == BusHealthStatus.Healthy;
        BrokerState before, now;
        lock (_lock)
        {
            before = _state;
            now = !healthy ? BrokerState.Unavailable : _unblocked is null ? BrokerState.Available : BrokerState.Blocked;
            var spent = _time.GetElapsedTime(_lastLook);
            _lastLook = _time.GetTimestamp();
            _spent.Add(spent.TotalSeconds, Tag(before));
            if (now != before)
            {
                _state = now;
                _changedAt = _lastLook;
            }
        }

        if (now != before)
        {
            LogChanged(before, now);
            Changed?.Invoke(now);
        }
    }

    /// <summary>Listens to what the broker says about a connection; the bus has one, for all its queues and publishes.</summary>
    internal void Watch(IConnection connection)
    {
        CancellationTokenSource? before;
        lock (_lock)
        {
            if (ReferenceEquals(_connection, connection) || !connection.IsOpen)
            {
                return;
            }

            before = Lose();
            _connection = connection;
            _lost = new CancellationTokenSource();
            if (!_connected.TrySetResult(_lost.Token))
            {
                _connected = NewConnected();
                _connected.SetResult(_lost.Token);
            }
        }

        _ = before?.CancelAsync();

        // what was said about the one before ended with it
        Unblock();
        connection.ConnectionBlockedAsync += (_, blocked) =>
        {
            if (IsCurrent(connection))
            {
                Block(blocked.Reason);
            }

            return Task.CompletedTask;
        };
        connection.ConnectionUnblockedAsync += (_, _) => UnblockAsync(connection);
        connection.ConnectionShutdownAsync += (_, _) =>
        {
            Lose(connection);
            return UnblockAsync(connection);
        };
        if (!connection.IsOpen)
        {
            Lose(connection);
        }
    }

    /// <summary>The broker takes no publishes.</summary>
    internal void Block(string reason)
    {
        if (Interlocked.CompareExchange(ref _unblocked, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null) is null)
        {
            LogBlocked(reason);
        }
    }

    /// <summary>The broker takes publishes again.</summary>
    internal void Unblock() => Interlocked.Exchange(ref _unblocked, null)?.SetResult();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Look();
        }
    }

    private static KeyValuePair<string, object?> Tag(BrokerState state) => new("state", state switch
    {
        BrokerState.Available => "available",
        BrokerState.Blocked => "blocked",
        _ => "unavailable",
    });

    private static TaskCompletionSource<CancellationToken> Unseen()
    {
        var unseen = NewConnected();
        unseen.SetResult(CancellationToken.None);
        return unseen;
    }

    private static TaskCompletionSource<CancellationToken> NewConnected() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task PublishUntilKeptAsync(Func<CancellationToken, Task> publish, CancellationToken cancellationToken)
    {
        while (true)
        {
            var lost = await Volatile.Read(ref _connected).Task.WaitAsync(cancellationToken);
            await WaitWhileBlockedAsync(cancellationToken);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(lost, cancellationToken);
            try
            {
                await publish(either.Token).WaitAsync(either.Token);
                return;
            }
            catch (Exception) when (lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                // once more, on the next connection
            }
        }
    }

    private void Lose(IConnection connection)
    {
        CancellationTokenSource? lost = null;
        lock (_lock)
        {
            if (ReferenceEquals(_connection, connection))
            {
                lost = Lose();
            }
        }

        // not under the lock, nor on the thread of the connection: what was under way goes on from here
        if (lost is not null)
        {
            _ = lost.CancelAsync();
        }
    }

    private CancellationTokenSource? Lose()
    {
        var lost = _lost;
        if (lost is not null)
        {
            _lost = null;
            _connected = NewConnected();
        }

        return lost;
    }

    private bool IsCurrent(IConnection connection)
    {
        lock (_lock)
        {
            return ReferenceEquals(_connection, connection);
        }
    }

    private Task UnblockAsync(IConnection connection)
    {
        if (IsCurrent(connection))
        {
            Unblock();
        }

        return Task.CompletedTask;
    }

    private Measurement<int>[] States()
    {
        var state = State;
        return [.. Enum.GetValues<BrokerState>().Select(s => new Measurement<int>(s == state ? 1 : 0, Tag(s)))];
    }

    [LoggerMessage(7001, LogLevel.Warning, "The broker takes no publishes for now: {Reason}.")]
    private partial void LogBlocked(string reason);

    [LoggerMessage(7002, LogLevel.Information, "The broker was {Before} and is {Now}.")]
    private partial void LogChanged(BrokerState before, BrokerState now);
}
