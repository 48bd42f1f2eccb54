using System.Collections.Concurrent;
using MassTransit;
using StreamChat.Contracts.Runs;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Time;

namespace StreamChat.Gateway.Runs;

/// <summary>
/// Sees to it that no run stands still here because something that was said about it did not arrive. The queue of this gateway goes
/// with the connection to the broker, or with the broker's node; what was in it is lost, and workers that find it gone let go of this
/// gateway. So each time that the queue is read again, every run that somebody here waits for is asked for again from where its
/// viewers are. A worker that cannot be reached is asked again with growing pauses; who has heard enough in the meantime is sent
/// nothing twice.
/// </summary>
internal sealed partial class RunRecovery(
    RunRegistry registry, RunStarter starter, IBusControl bus, RunMessenger messenger, GatewayIdentity identity,
    IHostApplicationLifetime lifetime, TimeProvider time, GatewayTelemetry telemetry, ILogger<RunRecovery> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // a worker that died is replaced within seconds; a broker that lost a node has a leader again within as many
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // so many publishes under way at once, when there are thousands of runs
    private readonly SemaphoreSlim _publishing = new(64);
    private readonly ConcurrentDictionary<Guid, Asking> _open = new();

    /// <inheritdoc/>
    // not by the bus's own registration: what observes it there cannot send by it
    public Task StartAsync(CancellationToken cancellationToken)
    {
        bus.ConnectReceiveEndpointObserver(new QueueObserver(identity.Queue) { OnRead = RecoverAll });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _publishing.Dispose();

    /// <summary>Asks for every run that somebody here waits for.</summary>
    public void RecoverAll()
    {
        var runs = registry.All;
        if (runs.Count > 0)
        {
            LogRecovering(runs.Count);
        }

        foreach (var run in runs)
        {
            Recover(run);
        }
    }

    /// <summary>Asks for a run until it goes on, unless that is under way.</summary>
    public void Recover(GatewayRun run)
    {
        var asking = new Asking(run);
        if (_open.TryAdd(run.RunId, asking))
        {
            _ = AskAsync(asking);
        }
        else if (_open.TryGetValue(run.RunId, out var open))
        {
            open.Again();
        }
    }

    /// <summary>A worker has answered an attach that is nobody's in particular.</summary>
    /// <returns>True when it is taken care of: somebody is asked again.</returns>
    public bool Answered(AttachAnswered answer)
    {
        if (answer.ConnectionId is not null || !_open.TryGetValue(answer.RunId, out var asking))
        {
            return false;
        }

        asking.Answered(answer.Code);
        return true;
    }

    private async Task AskAsync(Asking asking)
    {
        var run = asking.Run;
        var started = time.GetTimestamp();
        var pause = FirstPause;
        try
        {
            // not from the thread that said that the queue is read
            await Task.Yield();
            while (registry.Find(run.RunId) == run && run.Waiting() is { } position)
            {
                await PublishAsync(run, position);
                if (await asking.IsAnsweredAsync(pause, time, lifetime.ApplicationStopping))
                {
                    telemetry.Recovered();
                    return;
                }

                if (time.GetElapsedTime(started) > Patience)
                {
                    GiveUp(asking);
                    return;
                }

                pause = pause.DoubledUpTo(LongestPause);
            }
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // the clients ask elsewhere
        }
        finally
        {
            _open.TryRemove(KeyValuePair.Create(run.RunId, asking));
        }
    }

    private async Task PublishAsync(GatewayRun run, (int Attempt, long AfterSeq) position)
    {
        var attach = new AttachRun
        {
            RunId = run.RunId,
            UserId = run.UserId,
            GatewayId = identity.GatewayId,
            Attempt = Math.Max(1, position.Attempt),
            AfterSeq = position.AfterSeq,
        };
        await _publishing.WaitAsync(lifetime.ApplicationStopping);
        try
        {
            await messenger.SendAsync(run.WorkerId, attach, isDurable: false, lifetime.ApplicationStopping);
        }
        catch (Exception e) when (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            LogNotAsked(run.RunId, e);
        }
        finally
        {
            _publishing.Release();
        }
    }

    /// <summary>
    /// A run that has begun and cannot be had any more is not waited for in silence. One that has not may still stand in the queue, for as
    /// long as there are no workers, and will say so itself when it begins.
    /// </summary>
    private void GiveUp(Asking asking)
    {
        var run = asking.Run;
        if (run.WorkerId is null)
        {
            return;
        }

        LogGivenUp(run.RunId, Patience, asking.LastCode);
        foreach (var listener in run.Unended())
        {
            listener.OnLost(run.RunId, new RunRefusal(FaultCodes.Unavailable, "The rest of the answer cannot be shown at the moment.", Retryable: true, run.RunId));
            starter.Leave(listener, run.RunId);
        }
    }

    private sealed class Asking(GatewayRun run)
    {
        private TaskCompletionSource _answer = NewAnswer();

        public GatewayRun Run => run;

        public string? LastCode { get; private set; }

        public void Answered(string? code)
        {
            LastCode = code;
            if (code is null)
            {
                Volatile.Read(ref _answer).TrySetResult();
            }
        }

        /// <summary>What was answered before does not count: the queue was lost once more.</summary>
        public void Again() => Volatile.Write(ref _answer, NewAnswer());

        public async Task<bool> IsAnsweredAsync(TimeSpan within, TimeProvider time, CancellationToken stopping)
        {
            try
            {
                await Volatile.Read(ref _answer).Task.WaitAsync(within, time, stopping);
                return true;
            }
            catch (TimeoutException)
            {
                return false;
            }
        }

        private static TaskCompletionSource NewAnswer() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(1221, LogLevel.Information, "The queue of this gateway is read again; {Runs} runs are asked for.")]
    private partial void LogRecovering(int runs);

    [LoggerMessage(1222, LogLevel.Information, "Run {RunId} could not be asked for; trying again.")]
    private partial void LogNotAsked(Guid runId, Exception exception);

    [LoggerMessage(1223, LogLevel.Warning, "Run {RunId} could not be had within {Patience}: {Code}.")]
    private partial void LogGivenUp(Guid runId, TimeSpan patience, string? code);
}
