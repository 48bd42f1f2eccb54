using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Rooms;
using StreamChat.Contracts.Runs;
using StreamChat.Gateway.Limits;
using StreamChat.Hosting.Bus;
using StreamChat.Hosting.Time;

namespace StreamChat.Gateway.Runs;

/// <summary>Where a connection wants to see a run from.</summary>
/// <param name="RunId">The run.</param>
/// <param name="ThreadId">The room's thread that it belongs to, which the connection has joined; null when it is the user's own run.</param>
/// <param name="Attempt">The attempt that was seen, from 1.</param>
/// <param name="AfterSeq">The last event of it that was seen; 0 for none.</param>
internal sealed record RunPosition(Guid RunId, string? ThreadId, int Attempt, long AfterSeq);

/// <summary>
/// Shows connections runs that they did not ask for on this connection. A run that is not known here is asked for at its worker,
/// or at any worker, and shown to nobody before the answer has said whose it is.
/// </summary>
internal sealed partial class RunAttacher(
    RunRegistry registry, RunStarter starter, RunMessenger messenger, UnknownNames unknown, GatewayIdentity identity, IOptions<LimitsOptions> limits,
    IOptions<BusOptions> busOptions, TimeProvider time, ILogger<RunAttacher> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(Guid RunId, string ConnectionId), Pending> _pending = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Awaited> _awaited = [];

    /// <summary>
    /// Attaches a connection; its events follow. A run that has been accepted may not have been taken by a worker yet: the worker that
    /// takes it announces it, and then it is asked for again. One whose worker died is taken by the next one soon, and is asked for a
    /// few times until then.
    /// </summary>
    /// <returns>Why not; null when it is attached.</returns>
    public async Task<RunRefusal?> AttachAsync(IRunListener listener, RunPosition position, CancellationToken stopping)
    {
        var known = registry.Find(position.RunId);
        if (known is not null && !ThreadAccess.MaySee(listener, known.UserId, known.ThreadId))
        {
            return NotFound(position.RunId);
        }

        var name = $"{position.RunId}/{position.ThreadId}";
        if (known is null && unknown.Has(listener.UserId, name))
        {
            return NotFound(position.RunId);
        }

        if (!listener.Runs.TryView(position.RunId, limits.Value.RunsViewed))
        {
            return new RunRefusal(FaultCodes.Busy, $"This connection sees {limits.Value.RunsViewed} runs already.", Retryable: true, position.RunId);
        }

        var pending = new Pending(listener, position);
        if (!_pending.TryAdd((position.RunId, listener.Id), pending))
        {
            return new RunRefusal(FaultCodes.Busy, "This run is being attached already.", Retryable: true, position.RunId);
        }

        var attached = false;
        Await(position.RunId);
        try
        {
            var code = await AskUntilAnsweredAsync(pending, stopping);
            attached = code is null;
            if (code == AttachCodes.NotFound)
            {
                unknown.Add(listener.UserId, name);
            }

            return code switch
            {
                null => null,
                AttachCodes.NotFound => NotFound(position.RunId),
                _ => new RunRefusal(FaultCodes.Unavailable, "The run cannot be shown at the moment. Please try again.", Retryable: true, position.RunId),
            };
        }
        finally
        {
            _pending.TryRemove(KeyValuePair.Create((position.RunId, listener.Id), pending));
            StopAwaiting(position.RunId);
            if (!attached && registry.Find(position.RunId)?.IsSeenBy(listener) != true)
            {
                listener.Runs.Remove(position.RunId);
            }
        }
    }

    /// <summary>A worker has answered. Called in the order in which answers and events came.</summary>
    public void Answered(AttachAnswered answer)
    {
        if (answer.ConnectionId is { } connectionId && _pending.TryGetValue((answer.RunId, connectionId), out var pending))
        {
            pending.Answer.TrySetResult(answer.Code ?? Show(pending, answer));
            return;
        }

        // A replay, or a request for a run whose id was used before. The connection that sent the id is named in the answer, and does not
        // find the run when another user has used it.
        if (answer.Code is not null && registry.Find(answer.RunId) is { } run)
        {
            foreach (var listener in run.Waiting(answer.ConnectionId))
            {
                LogLost(answer.RunId, listener.Id, answer.Code);
                listener.OnLost(answer.RunId, Lost(answer));
                starter.Leave(listener, answer.RunId);
            }
        }
    }

    /// <summary>A run, or a new attempt of it, has begun somewhere: connections that did not find it ask again.</summary>
    public void Announced(RunAnnounced run)
    {
        unknown.Forget(run.UserId, $"{run.RunId}/");
        unknown.Forget(run.UserId, $"{run.RunId}/{run.ThreadId}");
        unknown.Forget(run.UserId, run.RunId.ToString());
        lock (_lock)
        {
            _awaited.GetValueOrDefault(run.RunId)?.Announce();
        }
    }

    /// <summary>Asks for a run that has been announced, for the connections here that joined its thread.</summary>
    public void Follow(RunAnnounced run) => _ = FollowAsync(run);

    private static RunRefusal Lost(AttachAnswered answer) => answer is { ConnectionId: not null, Code: AttachCodes.NotFound }
        ? new RunRefusal(FaultCodes.Forbidden, "This run belongs to somebody else.", Retryable: false, answer.RunId)
        : new RunRefusal(FaultCodes.Unavailable, "The rest of the answer cannot be shown at the moment.", Retryable: true, answer.RunId);

    private static RunRefusal NotFound(Guid runId) => new(FaultCodes.NotFound, "There is no such run.", Retryable: false, runId);

    /// <returns>Why not; null when it is shown.</returns>
    private string? Show(Pending pending, AttachAnswered answer)
    {
        var (userId, threadId) = (answer.UserId!, answer.ThreadId!);
        var listener = pending.Listener;
        if (!ThreadAccess.MaySee(listener, userId, threadId))
        {
            return AttachCodes.NotFound;
        }

        var run = starter.Show(
            listener,
            new GatewayRun(answer.RunId, userId, threadId, RoomNames.OfThread(threadId), null, time.GetTimestamp()),
            answer.WorkerId,
            known => known.TryPlace(listener, pending.Position.Attempt, pending.Position.AfterSeq));
        return run is null ? AttachCodes.NotFound : null;
    }

    private async Task<string?> AskUntilAnsweredAsync(Pending pending, CancellationToken stopping)
    {
        var started = time.GetTimestamp();
        var pause = FirstPause;
        while (true)
        {
            // before the question, or the announcement might fall between
            var announced = Announcement(pending.Position.RunId);
            var code = await AskAsync(pending, stopping);
            var left = limits.Value.AttachPatience - time.GetElapsedTime(started);
            if (code is null || left < pause)
            {
                return code;
            }

            if (code == AttachCodes.NotFound)
            {
                // should the announcement get lost, one more question at the end of the patience
                await WaitAsync(announced, left - FirstPause, stopping);
            }
            else
            {
                await Task.Delay(pause, time, stopping);
                pause = pause.DoubledUpTo(LongestPause);
            }

            pending.Renew();
        }
    }

    private void Await(Guid runId)
    {
        lock (_lock)
        {
            if (!_awaited.TryGetValue(runId, out var awaited))
            {
                _awaited.Add(runId, awaited = new Awaited());
            }

            awaited.Waiting++;
        }
    }

    private void StopAwaiting(Guid runId)
    {
        lock (_lock)
        {
            if (--_awaited[runId].Waiting == 0)
            {
                _awaited.Remove(runId);
            }
        }
    }

    /// <summary>Completes when the run is announced from now on.</summary>
    private Task Announcement(Guid runId)
    {
        lock (_lock)
        {
            return _awaited[runId].Announced;
        }
    }

    private async Task WaitAsync(Task announced, TimeSpan atMost, CancellationToken stopping)
    {
        try
        {
            await announced.WaitAsync(atMost, time, stopping);
        }
        catch (TimeoutException)
        {
            // nobody announced it
        }
    }

    private async Task<string?> AskAsync(Pending pending, CancellationToken stopping)
    {
        var (listener, position) = (pending.Listener, pending.Position);
        var run = registry.Find(position.RunId);
        var attach = new AttachRun
        {
            RunId = position.RunId,
            UserId = listener.UserId,
            ThreadId = run is { RoomId: not null } && ThreadAccess.IsIn(listener, run.ThreadId) ? run.ThreadId : position.ThreadId,
            GatewayId = identity.GatewayId,
            ConnectionId = listener.Id,
            Attempt = position.Attempt,
            AfterSeq = position.AfterSeq,
        };
        try
        {
            await messenger.SendAsync(run?.WorkerId, attach, isDurable: false, stopping);
            return await pending.Answer.Task.WaitAsync(busOptions.Value.PublishTimeout, time, stopping);
        }
        catch (Exception e) when (e is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            LogNotAsked(position.RunId, e);
            return AttachCodes.Unavailable;
        }
    }

    private async Task FollowAsync(RunAnnounced run)
    {
        try
        {
            await messenger.SendAsync(
                run.WorkerId,
                new AttachRun
                {
                    RunId = run.RunId,
                    UserId = run.UserId,
                    GatewayId = identity.GatewayId,
                    Attempt = run.Attempt,
                    AfterSeq = 0,
                },
                isDurable: false,
                CancellationToken.None);
        }
        catch (Exception e)
        {
            LogNotAsked(run.RunId, e);
        }
    }

    /// <summary>A run that connections ask for, until they see it or give up.</summary>
    private sealed class Awaited
    {
        private TaskCompletionSource _announced = NewAnnouncement();

        public int Waiting { get; set; }

        public Task Announced => _announced.Task;

        public void Announce()
        {
            _announced.TrySetResult();
            _announced = NewAnnouncement();
        }

        private static TaskCompletionSource NewAnnouncement() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Pending(IRunListener listener, RunPosition position)
    {
        public IRunListener Listener => listener;

        public RunPosition Position => position;

        /// <summary>The answer's code.</summary>
        public TaskCompletionSource<string?> Answer { get; private set; } = NewAnswer();

        /// <summary>Asked again.</summary>
        public void Renew() => Answer = NewAnswer();

        private static TaskCompletionSource<string?> NewAnswer() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(1211, LogLevel.Warning, "Run {RunId} could not be asked for at its worker.")]
    private partial void LogNotAsked(Guid runId, Exception exception);

    [LoggerMessage(1212, LogLevel.Warning, "Run {RunId} cannot be shown to connection {ConnectionId} any further: {Code}.")]
    private partial void LogLost(Guid runId, string connectionId, string code);
}
