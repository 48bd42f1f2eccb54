using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Health;
using StreamChat.Hosting.Options;

namespace StreamChat.Hosting.Work;

/// <summary>
/// The computations of this process that did not stop when they were cancelled: a model, a guardrail or a tool that ignores its token or
/// never reaches an await. Nothing can end them from outside. They are abandoned and counted until they return. When their number reaches
/// <see cref="WorkOptions.Abandoned"/>, no more work of this kind begins and the process is unhealthy.
/// </summary>
public sealed partial class AbandonedWork : IHealthCheck
{
    private readonly WorkOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<AbandonedWork> _logger;
    private readonly Counter<long> _abandoned;
    private readonly UpDownCounter<long> _running;
    private readonly Counter<long> _regexTimeouts;
    private int _count;

    /// <summary>Begins with none.</summary>
    /// <param name="meters">Makes the meter.</param>
    /// <param name="options">The bound, and how long to wait before work is abandoned.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it is logged that the bound is reached.</param>
    public AbandonedWork(IMeterFactory meters, IOptions<WorkOptions> options, TimeProvider time, ILogger<AbandonedWork> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _time, _logger) = (options.Value, time, logger);
        var meter = meters.Create("StreamChat.Work");
        _abandoned = meter.CreateCounter<long>("streamchat.work.abandoned", "{computation}", "Computations that did not stop in time and were abandoned, by kind.");
        _running = meter.CreateUpDownCounter<long>("streamchat.work.abandoned.running", "{computation}", "Abandoned computations that still run, by kind.");
        _regexTimeouts = meter.CreateCounter<long>("streamchat.work.regex_timeouts", "{match}", "Regular expressions that reached the match timeout, by kind of work.");
    }

    /// <summary>How many abandoned computations still run.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether the limit is reached, so that no more work may begin.</summary>
    public bool IsFull => Count >= _options.Abandoned;

    /// <summary>Waits until work that was cancelled has stopped, for <see cref="WorkOptions.StopTime"/> at most.</summary>
    /// <param name="work">The work.</param>
    /// <returns>False when it has not stopped.</returns>
    public async Task<bool> StopsAsync(Task work)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (!work.IsCompleted)
        {
            await work.WaitAsync(_options.StopTime, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return work.IsCompleted;
    }

    /// <summary>Counts work as abandoned until it returns. What it throws then is observed and ignored.</summary>
    /// <param name="kind">What it is, in one word; a tag of the metrics.</param>
    /// <param name="work">The work.</param>
    public void Abandon(string kind, Task work)
    {
        ArgumentNullException.ThrowIfNull(work);
        KeyValuePair<string, object?> tag = new("kind", kind);
        _abandoned.Add(1, tag);
        _running.Add(1, tag);
        if (Interlocked.Increment(ref _count) == _options.Abandoned)
        {
            LogFull(_options.Abandoned);
        }

        work.ContinueWith(
            done =>
            {
                _ = done.Exception;
                Interlocked.Decrement(ref _count);
                _running.Add(-1, tag);
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Leaves work that was cancelled, and abandons it when it does not stop in time. Returns at once.</summary>
    /// <param name="kind">What it is, in one word; a tag of the metrics.</param>
    /// <param name="work">The work.</param>
    /// <param name="abandoned">Called when it is abandoned, to log it.</param>
    public void Leave(string kind, Task work, Action abandoned) => _ = LeaveAsync(kind, work, abandoned);

    /// <summary>Counts a failure that is, or was caused by, a regular expression that took too long.</summary>
    /// <param name="kind">The kind of work that failed.</param>
    /// <param name="failure">The failure; any other is not counted.</param>
    public void CountTimeout(string kind, Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        if (failure.GetBaseException() is RegexMatchTimeoutException)
        {
            _regexTimeouts.Add(1, new KeyValuePair<string, object?>("kind", kind));
        }
    }

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        IsFull
            ? HealthCheckResult.Unhealthy($"{Count} abandoned computations still run ({WorkOptions.Section}:{nameof(WorkOptions.Abandoned)} is {_options.Abandoned}). Only a restart ends them.")
            : HealthCheckResult.Healthy($"{Count} of at most {_options.Abandoned} abandoned computations run."));

    private async Task LeaveAsync(string kind, Task work, Action abandoned)
    {
        if (await StopsAsync(work).ConfigureAwait(false))
        {
            _ = work.Exception;
            return;
        }

        Abandon(kind, work);
        abandoned();
    }

    [LoggerMessage(2951, LogLevel.Error, "{Abandoned} abandoned computations still run in this process. It rejects runs and tool calls and reports itself unhealthy until some return. Restart it.")]
    private partial void LogFull(int abandoned);
}

/// <summary>Registers <see cref="AbandonedWork"/>.</summary>
public static class AbandonedWorkRegistration
{
    private const string Check = "work";

    /// <summary>Adds it with its options and its health check, once for all modules of a process.</summary>
    /// <param name="services">Where to register.</param>
    public static void AddAbandonedWork(this IServiceCollection services)
    {
        if (services.Any(s => s.ServiceType == typeof(AbandonedWork)))
        {
            return;
        }

        services.AddValidatedOptions<WorkOptions>(WorkOptions.Section);
        services.TryAddSingleton<AbandonedWork>();
        services.AddHealthChecks().AddCheck<AbandonedWork>(Check, tags: [HealthEndpoints.ReadyTag, HealthEndpoints.LiveTag]);
    }
}
