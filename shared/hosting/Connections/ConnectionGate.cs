using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Health;
using StreamChat.Hosting.Http;
using StreamChat.Hosting.Telemetry;

namespace StreamChat.Hosting.Connections;

/// <summary>
/// Keeps the connections of a process below its limit of file descriptors. At that limit .NET cannot even start a thread, which ends the
/// process ("Out of memory."). There are two limits. A request beyond the capacity is answered with 503. The number of connections, idle ones
/// included, is limited when they are accepted: a new one then takes the place of the one that has been idle for longest, so that
/// connections which send nothing keep nobody out. Kestrel's own limits do not fit: they count upgraded connections apart, answer 500 or
/// nothing, and log a warning for each connection.
/// </summary>
public sealed partial class ConnectionGate
{
    private const int RetryAfterSeconds = 5;

    // how long accepting waits for the descriptor of a connection that makes way
    private static readonly TimeSpan EvictionTimeout = TimeSpan.FromSeconds(2);

    // two log lines in this time at most, whatever clients do
    private static readonly TimeSpan ShortestSpell = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly ConnectionGateOptions _options;
    private readonly Func<Descriptors> _descriptors;
    private readonly TimeProvider _time;
    private readonly ILogger<ConnectionGate> _logger;
    private readonly Counter<long> _rejected;
    private readonly LinkedList<GatedConnection> _idle = new();
    private ConnectionBudget? _budget;
    private TaskCompletionSource _freed = NewSignal();
    private int _open;
    private int _busy;
    private long? _spellBegan;
    private long _turnedAway;

    /// <summary>Makes a gate, which <see cref="Open"/> opens.</summary>
    internal ConnectionGate(
        IOptions<ConnectionGateOptions> options, Func<Descriptors> descriptors, IMeterFactory meters, TimeProvider time, ILogger<ConnectionGate> logger)
    {
        (_options, _descriptors, _time, _logger) = (options.Value, descriptors, time, logger);
        var meter = meters.Create(TelemetryRegistration.SourcePrefix + "Connections");
        meter.CreateObservableGauge(
            "streamchat.connections.capacity", () => Budget?.Capacity ?? 0, "{connection}", "Connections with a request, stream or socket under way that this process takes.");
        meter.CreateObservableGauge("streamchat.connections.busy", () => Volatile.Read(ref _busy), "{connection}", "Connections with a request, stream or socket under way.");
        meter.CreateObservableGauge("streamchat.connections.open", () => Volatile.Read(ref _open), "{connection}", "Open connections, idle ones included.");
        _rejected = meter.CreateCounter<long>(
            "streamchat.connections.rejected", "{connection}", "Connections turned away for lack of capacity, by reason: capacity (503), full, evicted, outbound (503), silent.");
    }

    /// <summary>How many connections to the services behind this one may be open. No limit until the process listens.</summary>
    public int OutboundLimit => Budget?.Outbound ?? int.MaxValue;

    /// <summary>The limits; null until <see cref="Open"/>.</summary>
    internal ConnectionBudget? Budget => Volatile.Read(ref _budget);

    /// <summary>Open connections, idle ones included.</summary>
    internal int OpenConnections => Volatile.Read(ref _open);

    /// <summary>Derives the limits from what the system allows, once: when the process listens, all else having started.</summary>
    internal void Open()
    {
        lock (_lock)
        {
            if (_budget is not null)
            {
                return;
            }

            var descriptors = _descriptors();
            var budget = ConnectionBudget.Derive(descriptors, _options.Share, _options.Most);
            Volatile.Write(ref _budget, budget);
            LogCapacity(budget.Capacity, descriptors.Limit ?? ConnectionBudget.AssumedLimit, descriptors.InUse);
            if (_options.Wanted > budget.Capacity)
            {
                LogCapped(_options.WantedKey, _options.Wanted, budget.Capacity, descriptors.Limit ?? ConnectionBudget.AssumedLimit);
            }
        }
    }

    /// <summary>Takes a connection that was accepted, if need be in the place of an idle one.</summary>
    /// <returns>Null when there is no room for it.</returns>
    internal async ValueTask<ConnectionContext?> AdmitAsync(ConnectionContext connection, CancellationToken cancellationToken)
    {
        if (!TryTakeSlot() && !await MakeRoomAsync(cancellationToken))
        {
            TurnAway("full");
            return null;
        }

        var gated = new GatedConnection(connection, this);
        connection.Features.Set(gated);
        lock (_lock)
        {
            _idle.AddLast(gated.Node);
        }

        return gated;
    }

    /// <summary>Serves a request, or answers 503 when as many as possible are being served. Probes are always served.</summary>
    internal async Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<GatedConnection>() is not { } connection)
        {
            // not from the network
            await next(context);
            return;
        }

        if (!Begin(connection))
        {
            context.Abort();
            return;
        }

        var isCounted = false;
        try
        {
            if (!HealthEndpoints.IsProbe(context.Request.Path))
            {
                isCounted = Interlocked.Increment(ref _busy) <= Budget!.Capacity;
                if (!isCounted)
                {
                    Interlocked.Decrement(ref _busy);
                    TurnAway("capacity");
                    context.Response.Headers.Connection = "close";
                    ServiceAnswer.MakeReadable(context.Response);
                    await ServiceAnswer.UnavailableAsync(context.Response, "This server has no free connection at the moment. Please try again.", RetryAfterSeconds);
                    return;
                }
            }

            await next(context);
        }
        finally
        {
            if (isCounted)
            {
                Interlocked.Decrement(ref _busy);
            }

            End(connection);
        }
    }

    /// <summary>A connection is closed and its descriptor free.</summary>
    internal void Closed(GatedConnection connection)
    {
        TaskCompletionSource freed;
        lock (_lock)
        {
            Leave(connection);
            _open--;
            (freed, _freed) = (_freed, NewSignal());
        }

        freed.SetResult();
        EndSpell();
    }

    /// <summary>Counts a connection that was not served, and begins a spell: one line in the log at its beginning and one at its end.</summary>
    /// <param name="reason">For the metric, one of a few words.</param>
    public void TurnAway(string reason)
    {
        _rejected.Add(1, new KeyValuePair<string, object?>("reason", reason));
        lock (_lock)
        {
            _turnedAway++;
            if (_spellBegan is not null)
            {
                return;
            }

            _spellBegan = _time.GetTimestamp();
        }

        LogFull(reason, Volatile.Read(ref _busy), Budget?.Capacity ?? 0, Volatile.Read(ref _open));
    }

    /// <summary>Counts a connection that was closed because its client sent nothing.</summary>
    internal void CloseSilent() => _rejected.Add(1, new KeyValuePair<string, object?>("reason", "silent"));

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool TryTakeSlot()
    {
        lock (_lock)
        {
            if (_open >= Budget!.Total)
            {
                return false;
            }

            _open++;
            return true;
        }
    }

    private async Task<bool> MakeRoomAsync(CancellationToken cancellationToken)
    {
        GatedConnection? longestIdle;
        Task freed;
        lock (_lock)
        {
            longestIdle = _idle.First?.Value;
            freed = _freed.Task;
            if (longestIdle is not null)
            {
                Leave(longestIdle);
                longestIdle.IsEvicted = true;
            }
        }

        if (longestIdle is null)
        {
            return false;
        }

        TurnAway("evicted");
        longestIdle.Abort(new ConnectionAbortedException("An idle connection made way for a new one."));
        try
        {
            // another listener may take the slot that is freed first
            do
            {
                await freed.WaitAsync(EvictionTimeout, _time, cancellationToken);
                lock (_lock)
                {
                    freed = _freed.Task;
                }
            }
            while (!TryTakeSlot());

            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private bool Begin(GatedConnection connection)
    {
        lock (_lock)
        {
            Leave(connection);
            connection.Requests++;
            return !connection.IsEvicted;
        }
    }

    private void End(GatedConnection connection)
    {
        lock (_lock)
        {
            if (--connection.Requests == 0 && !connection.IsClosed && !connection.IsEvicted)
            {
                _idle.AddLast(connection.Node);
            }
        }

        EndSpell();
    }

    private void Leave(GatedConnection connection)
    {
        if (connection.Node.List is not null)
        {
            _idle.Remove(connection.Node);
        }
    }

    private void EndSpell()
    {
        if (_spellBegan is null)
        {
            return;
        }

        long turnedAway;
        TimeSpan lasted;
        lock (_lock)
        {
            if (_spellBegan is not { } began || _time.GetElapsedTime(began) < ShortestSpell || IsNearlyFull())
            {
                return;
            }

            (lasted, turnedAway) = (_time.GetElapsedTime(began), _turnedAway);
            (_spellBegan, _turnedAway) = (null, 0);
        }

        LogFreeAgain(turnedAway, lasted);
    }

    private bool IsNearlyFull() =>
        Budget is not { } budget || Volatile.Read(ref _busy) > budget.Capacity * 0.95 || Volatile.Read(ref _open) > budget.Total * 0.95;

    [LoggerMessage(7030, LogLevel.Information, "Serves {Capacity} connections at once: the process may open {Limit} file descriptors and has {InUse} open after its start.")]
    private partial void LogCapacity(int capacity, int limit, int inUse);

    [LoggerMessage(7031, LogLevel.Warning, "{Key} is {Configured}, but the limit of {Limit} file descriptors (ulimit -n) allows {Capacity} connections: more get 503.")]
    private partial void LogCapped(string key, int configured, int capacity, int limit);

    [LoggerMessage(7032, LogLevel.Warning, "Out of capacity ({Reason}): {Busy} of {Capacity} connections are in use, {Open} are open. New requests get 503, idle connections are closed.")]
    private partial void LogFull(string reason, int busy, int capacity, int open);

    [LoggerMessage(7033, LogLevel.Information, "Has capacity again. {TurnedAway} connections were turned away within {Lasted}.")]
    private partial void LogFreeAgain(long turnedAway, TimeSpan lasted);
}
