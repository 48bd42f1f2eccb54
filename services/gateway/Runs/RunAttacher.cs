using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Rooms;
using StreamChat.Contracts.Runs;
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
    RunRegistry registry, RunStarter starter, RunMessenger messenger, GatewayIdentity identity, IOptions<LimitsOptions> limits,
    IOptions<BusOptions> busOptions, TimeProvider time, ILogger<RunAttacher> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(Guid RunId, string ConnectionId), Pending> _pending = new();

    /// <summary>
    /// Attaches a connection; its events follow. A run that has been accepted may not have been taken by a worker yet, and one whose
    /// worker died is taken by the next one soon, so it is asked for a few times before it is called not to be had.
    /// </summary>
    /// <returns>Why not; null when it is attached.</returns>
    public async Task<RunRefusal?> AttachAsync(IRunListener listener, RunPosition position, CancellationToken stopping)
    {
        var known = registry.Find(position.RunId);
        if (known is not null && !ThreadAccess.MaySee(listener, known.UserId, known.ThreadId))
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
        try
        {
            var code = await AskUntilAnsweredAsync(pending, stopping);
            attached = code is null;
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
            var code = await AskAsync(pending, stopping);
            if (code is null || time.GetElapsedTime(started) + pause > limits.Value.AttachPatience)
            {
                return code;
            }

            await Task.Delay(pause, time, stopping);
            pending.Renew();
            pause = pause.DoubledUpTo(LongestPause);
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
